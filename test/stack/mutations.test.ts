import fc from "fast-check";
import { expect, test } from "vitest";
import { changeFaults } from "../../domain/changes.ts";
import { decidedBy } from "../../domain/decided.ts";
import { NODE_SIZES } from "../../facts/digitalocean/droplets.ts";
import { parseConfig } from "../../input/parse.ts";
import { PROFILE_NAMES } from "../../config/keys/profile.ts";
import { StackConfigSchema } from "../../config/schema.ts";
import { POSTGRES_SIZES, VALKEY_SIZES } from "../../facts/digitalocean/database-plans.ts";
import { nodeOf, type SchemaNode } from "../../config/describe.ts";
import { cloudflareRows } from "../../rehearsal/clouds/cloudflare/rows.ts";
import { diffOf } from "../../rehearsal/clouds/diff.ts";
import { digitaloceanRows } from "../../rehearsal/clouds/digitalocean/rows.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { replacementsOf, servingOf } from "../../rehearsal/plan/replacements.ts";
import { accepted } from "../config/arbitrary.ts";
import { refusalOf, withValue } from "../config/base.ts";

const ROWS = new Map(
  [...digitaloceanRows.resources, ...cloudflareRows.resources].map((row) => [row.type, row]),
);

const whole = fc.oneof(fc.integer({ min: -1, max: 60 }), fc.constantFrom("3", 2.5, undefined));

type Mutation = readonly [path: string, value: unknown];

/**
 * Every key of the schema, including groups and the first item of each list. Each gets values of
 * its kind at and beyond its bounds, values of other kinds, and none.
 */
function mutationsOf(node: SchemaNode, path: readonly string[]): readonly Mutation[] {
  const { type, minimum = -1, maximum = 100, properties = {}, items } = node;
  const values: readonly unknown[] = [
    undefined,
    "nonsense",
    7,
    {},
    ...(node.examples ?? []),
    ...(node.enum ?? []),
    ...(node.default === undefined ? [] : [node.default]),
    ...(type === "integer" ? [minimum, maximum, minimum - 1, maximum + 1, minimum + 0.5] : []),
    ...(type === "boolean" ? [true, false] : []),
    ...(type === "array" ? [[], ["nonsense"]] : []),
  ];
  return [
    ...(path.length === 0 ? [] : values.map((value): Mutation => [path.join("."), value])),
    ...Object.entries(properties).flatMap(([key, inner]) => mutationsOf(inner, [...path, key])),
    ...(items?.properties === undefined ? [] : mutationsOf(items, [...path, "0"])),
  ];
}

const EVERY_KEY = mutationsOf(nodeOf(StackConfigSchema), []);

/**
 * Keys with dependents, and values that an operator may write there: valid, invalid, and formerly
 * valid.
 */
const chosen: fc.Arbitrary<Mutation> = fc.oneof(
  fc.tuple(
    fc.constantFrom("domain", "webDomain"),
    fc.constantFrom("example.social", "b.example", "x"),
  ),
  fc.tuple(fc.constant("region"), fc.constantFrom("nyc3", "sfo3", "nyc2", "moon")),
  fc.tuple(fc.constant("profile"), fc.constantFrom("solo", "small", "medium", "large", "huge")),
  fc.tuple(fc.constantFrom("cluster.version"), fc.constantFrom("1.35.9-do.1", "1.36.0-do.0", "1")),
  fc.tuple(fc.constant("cluster.highAvailability"), fc.constantFrom(true, false, "no")),
  fc.tuple(
    fc.constantFrom("cluster.basePool.size", "cluster.workloadPool.size"),
    fc.constantFrom(...NODE_SIZES, "8gb"),
  ),
  fc.tuple(
    fc.constantFrom(
      "cluster.basePool.nodes",
      "cluster.workloadPool.nodes",
      "cluster.workloadPool.maxNodes",
      "postgres.nodes",
      "postgres.poolConnections",
      "web.replicas",
      "web.maxReplicas",
      "web.workers",
      "web.threads",
      "streaming.replicas",
      "streaming.connections",
      "maintenance.postgresHour",
      "members",
    ),
    whole,
  ),
  fc.tuple(fc.constant("postgres.size"), fc.constantFrom(...POSTGRES_SIZES)),
  fc.tuple(fc.constant("postgres.storageGib"), fc.constantFrom(10, 140, 200, 500, undefined)),
  fc.tuple(fc.constant("postgres.storageAutoscale"), fc.constantFrom({ enabled: false }, {}, 7)),
  fc.tuple(fc.constantFrom("valkey.size"), fc.constantFrom(...VALKEY_SIZES)),
  fc.tuple(
    fc.constantFrom("cloudflare.accountId", "cloudflare.zoneId"),
    fc.constantFrom("a".repeat(32), "A".repeat(32)),
  ),
  fc.tuple(fc.constant("media.storage"), fc.constantFrom("r2", "spaces", "none", "disk")),
  fc.tuple(fc.constant("media.bucket"), fc.constantFrom("other", "Media", undefined)),
  fc.tuple(fc.constant("media.jurisdiction"), fc.constantFrom("eu", undefined)),
  fc.tuple(fc.constant("project.name"), fc.constantFrom("Mastodon", "Other", "")),
  fc.tuple(fc.constant("alerts.emails"), fc.constantFrom([], ["a@example.social"], ["a"])),
);

const mutations = fc.oneof(chosen, fc.constantFrom(...EVERY_KEY));

/**
 * Servers to start from: the bare profiles, and some changed ones. There are few, so that each is
 * planned once.
 */
const servers: readonly Record<string, unknown>[] = [
  ...PROFILE_NAMES.map((profile) => ({
    profile,
    domain: "example.social",
    webDomain: "example.social",
    region: "nyc3",
    cluster: { version: "1.35.1-do.6" },
    cloudflare: { accountId: "0".repeat(32), zoneId: "1".repeat(32) },
  })),
  ...fc.sample(accepted, 3),
];
const plans = new Map<Record<string, unknown>, Promise<Plan>>();

/** Plan of one of these, computed once. */
function planOf(server: Record<string, unknown>): Promise<Plan> {
  const plan = plans.get(server) ?? planStack(server);
  plans.set(server, plan);
  return plan;
}

/** Names of protected resources that the second plan would replace or delete. */
function lostProtected(before: Plan, after: Plan): readonly string[] {
  const now = new Map(after.resources.map((resource) => [resource.urn, resource]));
  return before.resources
    .filter(({ protect, custom }) => protect && custom)
    .filter(({ urn, type, inputs }) => {
      const next = now.get(urn);
      const row = ROWS.get(type);
      if (row === undefined) throw new Error(`${type} is protected and has no row`);
      if (next === undefined) return true;
      return diffOf(row, inputs, next.inputs, next.ignoreChanges).replaces.length > 0;
    })
    .map(({ name }) => name);
}

test("one changed key, whichever it is, is planned or refused, and never replaces what is protected, nor deletes first what serves", async () => {
  const seen = { refused: 0, forRunning: 0, planned: 0 };
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...servers), mutations, async (raw, [path, value]) => {
      const mutated = withValue(raw, path, value);
      const refusal = refusalOf(mutated);
      if (refusal !== "accepted") {
        seen.refused += 1;
        expect(refusal).toMatch(/nothing was changed:\n {2}\S/u);
        return;
      }
      if (changeFaults(decidedBy(parseConfig(raw)), parseConfig(mutated)).length > 0) {
        seen.forRunning += 1;
        return;
      }
      seen.planned += 1;
      const [before, after] = [await planOf(raw), await planStack(mutated)];
      expect(lostProtected(before, after)).toEqual([]);
      expect(servingOf(replacementsOf(before, after))).toEqual([]);
    }),
    {
      numRuns: 50,
      // Always included, because a random run may contain none of their kind.
      examples: [
        [servers[0]!, ["domain", "b.example"]],
        [servers[1]!, ["region", "sfo3"]],
        [servers[2]!, ["cluster.highAvailability", false]],
      ],
    },
  );
  // All three occur, otherwise the test would not check its claim.
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(1);
  // Some hundred plans, and other processes may use the machine.
}, 90_000);

test("the same test sees a protected database go, when nothing refuses its region's change", async () => {
  const [raw] = servers;
  const lost = lostProtected(
    await planOf(raw!),
    await planStack(withValue(raw!, "region", "fra1")),
  );
  expect(lost).toContain("network-vpc");
});
