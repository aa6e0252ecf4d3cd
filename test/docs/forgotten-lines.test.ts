import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { IN_POSTGRES, importLine } from "../../ops/docs/import-lines.ts";
import { planStack } from "../../rehearsal/plan/plan-stack.ts";

/** Parts of a database that lives, whose line is wrong: the update then makes a second one, or is refused. */

const plan = await planStack();
const INSIDE = ["DatabaseDb", "DatabaseUser", "DatabaseConnectionPool"];

test("each database, role and pool of Postgres has its line, by its own name and in its component", () => {
  const inside = plan.resources.filter(({ type }) => INSIDE.includes(type.split(":").at(-1) ?? ""));
  expect(IN_POSTGRES.map(importLine).sort()).toEqual(
    inside
      .map(({ type, name, parent, inputs }) => {
        const urn = parent.replace("pulumi:pulumi:Stack$", "");
        return `pulumi import --stack prod --generate-code=false --parent 'postgres=${urn}' ${type} ${name} ID,${String(inputs["name"])}`;
      })
      .sort(),
  );
  const page = readFileSync(new URL("../../docs/operate.md", import.meta.url), "utf8");
  for (const one of IN_POSTGRES) expect(page).toContain(importLine(one));
});
