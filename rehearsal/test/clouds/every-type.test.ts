import { expect, test } from "vitest";
import { cloudflareRows } from "../../clouds/cloudflare/rows.ts";
import { digitaloceanRows } from "../../clouds/digitalocean/rows.ts";
import { planStack } from "../../../plan/plan-stack.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import { EVERY_OPTION } from "../../../test/config/every-option.ts";

test("every type that a plan has is known to the simulated clouds: else the first rehearsal ends halfway", async () => {
  const known = new Set(
    [...digitaloceanRows.resources, ...cloudflareRows.resources].map(({ type }) => type),
  );
  const plans = await Promise.all([
    planStack(),
    planStack({ ...readStackFile(), ...EVERY_OPTION }),
  ]);
  const planned = plans.flatMap(({ resources }) => resources.map(({ type }) => type));
  const unknown = planned.filter(
    (type) => /^(?:digitalocean|cloudflare):/u.test(type) && !known.has(type),
  );
  expect(
    [...new Set(unknown)],
    'Add a row below rehearsal/clouds/, with its sources: docs/change-guide.md, "What is made"',
  ).toEqual([]);
});
