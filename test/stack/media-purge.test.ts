import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { parseConfig } from "../../input/parse.ts";
import { PLAN_LIMITS } from "../../facts/cloudflare/plans.ts";
import { edgeRulesOf } from "../../cdn/rules/all.ts";
import { IMAGES } from "../../config/images.ts";
import { SECRET_MARK } from "../../plan/answers.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { BASE, withValue } from "../config/base.ts";
import { reveal } from "../../plan/values.ts";
import { environmentOf, podsOf, theResource } from "./views.ts";

const PURGING = withValue(BASE, "media.purge", true);
const plan = await planStack(PURGING);
const TOKEN = `${SECRET_MARK}media-purge-key-value`;
const SECRET = createHash("sha256").update(`/.purge ${TOKEN}`).digest("hex");

function environment(plan: Plan, pod: string): ReadonlyMap<string, unknown> {
  const found = podsOf(plan).find(({ name }) => name === pod);
  if (found === undefined) throw new Error(`There is no pod ${pod}.`);
  return environmentOf(plan, found.containers.at(-1)!);
}

test("the token purges this zone and nothing else, and only Cloudflare ever has it", () => {
  const token = theResource(plan, "cloudflare:index/accountToken:AccountToken", "media-purge-key");
  expect(token.inputs["policies"]).toEqual([
    {
      effect: "allow",
      permissionGroups: [{ id: "e17beae8b8cb423a99b1730f21238bed" }],
      resources: `{"com.cloudflare.api.account.zone.${BASE.cloudflare.zoneId}":"*"}`,
    },
  ]);
  const holders = plan.resources.filter((one) =>
    JSON.stringify(reveal(one.inputs)).includes(TOKEN),
  );
  expect(holders.map(({ name }) => name)).toEqual(["media-purge-worker"]);
});

test("Sidekiq alone has the word that the Worker takes; all of Rails knows that there is one", () => {
  for (const pod of ["web", "sidekiq-default", "upkeep-profiles"]) {
    const variables = environment(plan, pod);
    const talks = pod.startsWith("sidekiq-");
    expect(variables.get("CACHE_BUSTER_ENABLED")).toBe("true");
    expect(variables.get("CACHE_BUSTER_HTTP_METHOD")).toBe(talks ? "POST" : undefined);
    expect(variables.get("CACHE_BUSTER_SECRET_HEADER")).toBe(talks ? "X-Purge-Secret" : undefined);
    expect(reveal(variables.get("CACHE_BUSTER_SECRET"))).toBe(talks ? SECRET : undefined);
  }
});

test("the Worker answers on one path of the host that Mastodon asks, and nowhere else", () => {
  const route = theResource(
    plan,
    "cloudflare:index/workersRoute:WorkersRoute",
    "media-purge-route",
  );
  expect(route.inputs).toMatchObject({
    pattern: "media.example.social/.purge/*",
    script: "purge-media-example-social",
  });
});

test("off, nothing of it is there", async () => {
  const off = await planStack(BASE);
  const types = off.resources.map(({ type }) => type);
  expect(types).not.toContain("cloudflare:index/workersScript:WorkersScript");
  expect(JSON.stringify(off.resources.map(({ inputs }) => reveal(inputs)))).not.toContain(
    "CACHE_BUSTER",
  );
});

test("where no media lies it is refused, and what it says is accepted when done", () => {
  const nowhere = withValue(PURGING, "media.storage", "none");
  expect(() => parseConfig(nowhere)).toThrow(
    'mastodon:media.purge: media.storage is "none", so it has no effect. Remove it',
  );
  expect(() => parseConfig(withValue(BASE, "media.storage", "none"))).not.toThrow();
});

test("its redirect fits into the plan, also with every other", () => {
  const config = parseConfig({
    ...PURGING,
    cloudflare: { ...BASE.cloudflare, www: true },
  });
  const rules = edgeRulesOf(config, IMAGES.mastodon).http_request_dynamic_redirect ?? [];
  expect(rules.map(({ ref }) => ref)).toEqual(["media_purge", "www"]);
  expect(rules.length).toBeLessThan(PLAN_LIMITS.free.rules.redirect);
});
