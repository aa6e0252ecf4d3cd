import { expect, test } from "vitest";
import { PERMISSIONS, permissionKeyOf } from "../../ops/docs/token-permissions.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { cloudflareRows } from "../../rehearsal/clouds/cloudflare/rows.ts";
import { digitaloceanRows } from "../../rehearsal/clouds/digitalocean/rows.ts";
import { EVERY_OPTION } from "../config/every-option.ts";

const known = new Set(Object.keys(PERMISSIONS));

/** Every type in the clouds' models, and every phase and function that a plan uses. */
async function used(): Promise<readonly string[]> {
  const raw = readStackFile();
  const cloudflare = raw["cloudflare"] as Readonly<Record<string, unknown>>;
  const plans = await Promise.all([
    planStack(),
    planStack({ ...raw, media: { storage: "spaces", standby: { storage: "r2" } } }),
    planStack({ ...raw, ...EVERY_OPTION }),
    planStack({ ...raw, cloudflare: { ...cloudflare, plan: "pro", sharedZone: true } }),
  ]);
  const planned = plans.flatMap(({ resources, called }) => [
    ...called,
    ...resources
      .filter(({ type }) => /^(digitalocean|cloudflare):/u.test(type))
      .map(({ type, inputs }) => permissionKeyOf(type, inputs)),
  ]);
  const modelled = [...cloudflareRows.resources, ...digitaloceanRows.resources]
    .map(({ type }) => type)
    .filter((type) => !type.endsWith(":Ruleset"));
  return [...new Set([...planned, ...modelled])];
}

const needed = await used();

test("each thing that the stack makes or asks for stands in the tokens' tables: the first deploy with one that lacks it fails half-way", () => {
  expect(needed.length).toBeGreaterThan(25);
  expect(
    needed.filter((key) => !known.has(key)),
    "add it to ops/docs/token-permissions.ts, then `npm run docs`",
  ).toEqual([]);
});

test("the token of a preview changes nothing: a pull request's code holds it", () => {
  const wide = Object.entries(PERMISSIONS).flatMap(([key, permissions]) =>
    permissions
      .flatMap(({ preview }) => preview)
      .filter((right) => !/^(read|access_cluster)$/iu.test(right))
      .map((right) => `${key}: ${right}`),
  );
  expect(wide).toEqual([]);
});
