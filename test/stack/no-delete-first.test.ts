import { describe, expect, test } from "vitest";
import { PROFILE_NAMES, type ProfileName } from "../../config/keys/profile.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import type { PlannedResource } from "../../plan/recorder.ts";
import {
  draggedBy,
  mayGoFirst,
  replacementsOf,
  servingOf,
} from "../../rehearsal/plan/replacements.ts";
import { refusalOf } from "../config/base.ts";
import { EVERY_OPTION, OTHER_TRANSLATION } from "../config/every-option.ts";

/**
 * A Deployment that is deleted before its replacement exists is an outage, even in a short update.
 * The engine does that if its pods depend on a resource that is deleted first.
 */

type Raw = Readonly<Record<string, unknown>>;

const WHO = {
  domain: "example.social",
  webDomain: "example.social",
  region: "nyc3",
  cluster: { version: "1.35.1-do.6" },
  cloudflare: { accountId: "0".repeat(32), zoneId: "1".repeat(32) },
};
const BARE: Raw = { ...WHO, profile: "medium" };
const KEDA = { prometheusUrl: "http://prometheus-operated.monitoring.svc:9090" };

/** Every option that may be on or off, with a replacement for each key that is switched on. */
const OPTIONS: Readonly<Record<string, Raw>> = {
  ...Object.fromEntries(
    Object.entries(EVERY_OPTION).map(([key, value]) => [key, { [key]: value }]),
  ),
  "a read replica": { postgres: { readReplica: { size: "db-s-4vcpu-8gb" } } },
  "a Valkey for the cache": { valkey: { cache: { size: "db-s-1vcpu-1gb" } } },
  "media on Spaces": { media: { storage: "spaces" } },
  "no media": { media: { storage: "none" } },
  "a metrics-server of its own": { cluster: { ...WHO.cluster, metricsServer: "present" } },
  "a firewall": {
    cluster: { ...WHO.cluster, controlPlaneFirewall: { allowedAddresses: ["203.0.113.0/24"] } },
  },
  "no previous assets": { assets: { keepPrevious: false } },
  "the other translation": { translation: OTHER_TRANSLATION },
  "our rules": { observability: { prometheusRule: true, grafanaDashboard: true } },
  "another alert": { alerts: { emails: ["ops@example.social"] } },
};
/** All options together, as far as they are compatible. */
const EVERYTHING: Raw = {
  ...BARE,
  ...EVERY_OPTION,
  postgres: { readReplica: { size: "db-s-4vcpu-8gb" } },
  valkey: { cache: { size: "db-s-1vcpu-1gb" } },
  cluster: { ...WHO.cluster, keda: KEDA },
  observability: { prometheusRule: true, grafanaDashboard: true },
  alerts: { emails: ["ops@example.social"] },
};

const plans = new Map<Raw, Promise<Plan>>();
function planOf(raw: Raw): Promise<Plan> {
  const plan = plans.get(raw) ?? planStack(raw);
  plans.set(raw, plan);
  return plan;
}

/**
 * Serving Deployments that a change from one server to another deletes first, with the cause of
 * each.
 */
async function outages(before: Raw, after: Raw): Promise<readonly string[]> {
  return servingOf(replacementsOf(await planOf(before), await planOf(after)));
}

const PROFILES = Object.fromEntries(
  PROFILE_NAMES.map((profile) => [profile, { ...WHO, profile }]),
) as unknown as Readonly<Record<ProfileName, Raw>>;

describe("growing, or shrinking as far as it goes, never takes a serving Deployment away first", () => {
  test.each(PROFILE_NAMES.flatMap((from) => PROFILE_NAMES.map((to) => [from, to] as const)))(
    "%s to %s",
    async (from, to) => {
      expect(await outages(PROFILES[from], PROFILES[to])).toEqual([]);
    },
  );

  test("a new pool, alone", async () => {
    const more = { ...BARE, postgres: { poolConnections: 189, size: "db-s-6vcpu-16gb" } };
    const pool = replacementsOf(await planOf(BARE), await planOf(more)).filter(
      ({ deleteFirst }) => deleteFirst,
    );
    // It is deleted before its replacement exists, and nothing else is deleted with it.
    expect(pool.map(({ resource }) => resource.name)).toEqual(["postgres-pool"]);
  });
});

test.each(Object.entries(OPTIONS))(
  "%s switched on, or off, never takes a serving Deployment away first",
  async (_name, option) => {
    const raw = { ...BARE, ...option };
    expect(refusalOf(raw)).toBe("accepted");
    expect(await outages(BARE, raw)).toEqual([]);
    expect(await outages(raw, BARE)).toEqual([]);
  },
);

/**
 * Resources on which pods depend and whose replacement would replace the pods, too. Each has the
 * reason why none occurs: no key changes a property that replaces it.
 */
const NEVER_REPLACED: Readonly<Record<string, string>> = {
  namespace: "its name is a constant, and it has nothing else",
  "postgres-application": "protected; its name is a constant, its database protected, too",
  "postgres-streaming": "its name is a constant, its database is protected",
  "postgres-database": "protected; its name is a constant",
};

test.each([
  ["bare", BARE],
  ["with everything", EVERYTHING],
  ["with media on Spaces", { ...BARE, ...OPTIONS["media on Spaces"] }],
  ["the smallest", PROFILES.solo],
] as const)(
  "no pod is made of what may be deleted first, whichever key changes: %s",
  async (_name, raw) => {
    const plan = await planOf(raw);
    const first = plan.resources.filter(mayGoFirst);
    const draggers = first.filter(
      (root) =>
        servingOf(draggedBy(plan, root).map((resource) => dragged(resource, root))).length > 0,
    );
    expect(first.length).toBeGreaterThan(10);
    expect(draggers.map(({ name }) => name).filter((name) => !(name in NEVER_REPLACED))).toEqual(
      [],
    );
  },
);

test("the same sums see it where pods read the pool's own port and name", async () => {
  const plan = await planOf(BARE);
  const pool = plan.resources.find(({ name }) => name === "postgres-pool")!;
  const tied = {
    ...plan,
    resources: plan.resources.map((resource) =>
      resource.name === "environment-streaming"
        ? { ...resource, propertyDependencies: new Map([["data", [pool.urn]]]) }
        : resource,
    ),
  };
  const size = { ...pool, inputs: { ...pool.inputs, size: 200 } };
  const larger = { ...tied, resources: tied.resources.map((one) => (one === pool ? size : one)) };
  expect(servingOf(replacementsOf(tied, larger))).toEqual([
    "streaming goes before it comes, with postgres-pool",
  ]);
});

function dragged(resource: PlannedResource, dragger: PlannedResource) {
  return { resource, deleteFirst: true, dragger };
}
