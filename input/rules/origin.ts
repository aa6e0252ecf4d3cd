import type { StackConfig } from "../../config/schema.ts";
import { restoreOf } from "../../domain/restore.ts";
import type { RuleFault } from "./rule.ts";

/** Faults of `postgres.origin` and `postgres.former`: a new database cluster and its source. */
export function originFaults({
  postgres: { origin, former },
  postgres,
  stopped,
  backup,
}: Pick<StackConfig, "postgres" | "stopped" | "backup">): readonly RuleFault[] {
  const number = origin?.number;
  const sources = (["dump", "cluster"] as const).filter((key) => origin?.[key] !== undefined);
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
    ...(sources.length > 1
      ? [
          {
            code: "two-sources",
            key: "postgres.origin",
            says: "`dump` and `cluster` both say where the data comes from, and it can come from one only",
            cures: sources.map((source) => ({ remove: [`postgres.origin.${source}`] })),
          },
        ]
      : []),
    ...(restoreOf({ postgres }) !== undefined &&
    backup !== undefined &&
    !stopped.includes("sidekiq")
      ? [
          {
            code: "restore-beside-sidekiq",
            key: "stopped",
            says: "`sidekiq` is not in it, but a dump is restored: jobs of another day, deletions among them, would run on it before anybody has looked",
            cures: [
              { set: { stopped: [...stopped, "sidekiq"] } },
              {
                set: { "postgres.origin.dump.restored": true },
                note: "once its update is through",
              },
            ],
          },
        ]
      : []),
    ...(origin?.dump !== undefined && !origin.dump.restored && backup === undefined
      ? [
          {
            code: "dump-without-bucket",
            key: "postgres.origin.dump",
            says: "the dump lies in the bucket of `backup`, and `backup` is not set. Put it back as it was when the dump was made",
          },
        ]
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
