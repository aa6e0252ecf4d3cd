import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { HALF_MADE, importLine } from "../../ops/docs/import-lines.ts";
import { digitaloceanRows } from "../../rehearsal/clouds/digitalocean/rows.ts";
import { planStack } from "../../rehearsal/plan/plan-stack.ts";
import { readStackFile } from "../../rehearsal/plan/stack-file.ts";
import { Cloud, refOf } from "../rehearsal-clouds/cloud.ts";
import { oneOfEach } from "../rehearsal-clouds/standard.ts";

/** Types that take minutes: those that can be half made when an update ends. */
const SLOW = digitaloceanRows.resources
  .filter(({ seconds }) => seconds.create.seconds > 60)
  .map(({ type }) => type);

const plan = await planStack({
  ...readStackFile(),
  postgres: {
    ...(readStackFile()["postgres"] as object),
    readReplica: { size: "db-s-4vcpu-8gb" },
  },
  valkey: { ...(readStackFile()["valkey"] as object), cache: { size: "db-s-1vcpu-1gb" } },
});

/**
 * As the engine names what is a part of the stack itself; the plan's monitor puts the stack's type
 * before it.
 */
const engineUrn = (urn: string): string => urn.replace("pulumi:pulumi:Stack$", "");

describe("a rescue of what was being made that makes a second one", () => {
  test("everything of the stack that takes minutes has its line, inside its own component", () => {
    const slow = plan.resources.filter(({ type }) => SLOW.includes(type));
    expect(
      HALF_MADE.map(importLine)
        .map((line) => line.replace(/ \S+$/u, ""))
        .sort(),
    ).toEqual(
      slow
        .map(({ type, name, parent }) => {
          const urn = engineUrn(parent);
          const component = urn.split("::").at(-1);
          return `pulumi import --stack prod --generate-code=false --parent '${component}=${urn}' ${type} ${name}`;
        })
        .sort(),
    );
    const page = readFileSync(new URL("../../docs/operate.md", import.meta.url), "utf8");
    for (const one of HALF_MADE) expect(page).toContain(importLine(one));
  });

  test.each(HALF_MADE)(
    "$what: the line finds it, and nothing is replaced after it",
    async ({ type, name, id }) => {
      const cloud = new Cloud();
      const made = (await oneOfEach(cloud)).get(type);
      if (made === undefined) throw new Error(`None of ${type} is made.`);
      const typed = id
        .replace("NAME", String(made.outputs["name"]))
        .replace("ID", id === "ID" ? made.id : String(made.outputs["clusterId"]));
      const provider = await cloud.provider(type);
      const none = { inputs: undefined, outputs: {} };
      const found = await provider.read(refOf(type, name), typed, none);
      expect(found?.id).toBe(made.id);
      const after = { ...made, inputs: found?.inputs ?? {}, outputs: found?.outputs ?? {} };
      expect((await cloud.diff(after, made.inputs)).replaces).toEqual([]);
    },
  );
});
