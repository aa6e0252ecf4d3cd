import type { StackConfig } from "../../config/schema.ts";
import type { RuleFault } from "./rule.ts";

/** Faults of `postgres.origin` and `postgres.former`: a new database cluster and its source. */
export function originFaults({
  postgres: { origin, former },
}: Pick<StackConfig, "postgres">): readonly RuleFault[] {
  const number = origin?.number;
  const sources = origin?.cluster === undefined ? [] : ["cluster"];
  return [
    ...(number !== undefined && sources.length === 0
      ? [
          {
            code: "number-without-source",
            key: "postgres.origin.number",
            says: `${number} asks for another database cluster, and nothing says where its data comes from: it would be empty`,
            cures: [{ remove: ["postgres.origin.number"] }],
          },
        ]
      : []),
    ...(number === undefined
      ? sources.map((source) => ({
          code: "source-without-number",
          key: `postgres.origin.${source}`,
          says: "the data would be that of another database cluster, but `postgres.origin.number` asks for none",
          cures: [
            { set: { "postgres.origin.number": 2 }, note: "one more than the newest has" },
            { remove: [`postgres.origin.${source}`] },
          ],
        }))
      : []),
    ...(number === undefined && former !== undefined
      ? [
          {
            code: "former-without-number",
            key: "postgres.former",
            says: `"${former}" is about the database cluster before this one, and this is the first`,
            cures: [{ remove: ["postgres.former"] }],
          },
        ]
      : []),
  ];
}
