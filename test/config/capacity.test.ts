import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { budgetsOf, capacityFaults, curesOf } from "../../config/capacity.ts";
import { isOver } from "../../config/capacity/budget.ts";
import { backendConnections, poolLines } from "../../config/capacity/connections.ts";
import { parseConfig } from "../../config/parse.ts";
import { PROFILE_NAMES } from "../../config/profile-names.ts";
import type { StackConfig } from "../../config/schema.ts";
import { accepted } from "./arbitrary.ts";
import { BASE, refusalOf, withValue } from "./base.ts";

const base = parseConfig(BASE);

/** The base with sizes that may or may not fit. */
const anySizes: fc.Arbitrary<StackConfig> = fc
  .record({
    pool: fc.integer({ min: 10, max: 390 }),
    plan: fc.constantFrom("db-s-1vcpu-2gb", "db-s-2vcpu-4gb", "db-s-4vcpu-8gb", "db-s-6vcpu-16gb"),
    valkey: fc.constantFrom("db-s-1vcpu-1gb", "db-s-1vcpu-2gb", "db-s-2vcpu-4gb"),
    members: fc.integer({ min: 1, max: 60_000 }),
    nodes: fc.integer({ min: 1, max: 6 }),
    replicas: fc.integer({ min: 1, max: 6 }),
    more: fc.nat(3),
    workers: fc.integer({ min: 1, max: 3 }),
    threads: fc.integer({ min: 1, max: 12 }),
    streaming: fc.integer({ min: 1, max: 4 }),
  })
  .map(
    ({ pool, plan, valkey, members, nodes, replicas, more, workers, threads, streaming }) =>
      ({
        ...base,
        members,
        cluster: { ...base.cluster, workloadPool: { size: "s-4vcpu-8gb", nodes } },
        postgres: { ...base.postgres, size: plan, poolConnections: pool },
        valkey: { size: valkey, nodes: 1 },
        web: { replicas, maxReplicas: replicas + more, workers, threads },
        streaming: { replicas: streaming, connections: 10 },
      }) as StackConfig,
  );

function sumOf(config: StackConfig): number {
  return poolLines(config).reduce((sum, { amount }) => sum + amount, 0);
}

describe("database connections", () => {
  it.each([
    ["db-s-1vcpu-1gb", 22],
    ["db-s-1vcpu-2gb", 47],
    ["db-s-2vcpu-4gb", 97],
    ["db-s-4vcpu-8gb", 197],
    ["db-s-6vcpu-16gb", 397],
  ] as const)(
    "of %s are %i: 25 per GiB, less the 3 that DigitalOcean keeps",
    (size, connections) => {
      expect(backendConnections(size)).toBe(connections);
    },
  );

  it("grow with every part that is added: none is left out of the sum, nor the pod more of a rollout", () => {
    fc.assert(
      fc.property(anySizes, (config) => {
        const { web, streaming, sidekiq } = config;
        const more = (changed: Partial<StackConfig>): number =>
          sumOf({ ...config, ...changed }) - sumOf(config);
        expect(more({ web: { ...web, maxReplicas: web.maxReplicas + 1 } })).toBe(
          web.workers * web.threads,
        );
        expect(more({ streaming: { ...streaming, replicas: streaming.replicas + 1 } })).toBe(10);
        sidekiq.forEach((group, at) => {
          const grown = sidekiq.with(at, { ...group, maxReplicas: group.maxReplicas + 1 });
          expect(more({ sidekiq: grown })).toBe(group.concurrency);
          const threads = sidekiq.with(at, { ...group, concurrency: group.concurrency + 1 });
          const pods = group.queues.includes("scheduler") ? 1 : 2;
          expect(more({ sidekiq: threads })).toBe(pods);
        });
      }),
    );
  });

  it("are accepted exactly from the demand up to the plan less the seven past the pool", () => {
    const most = backendConnections("db-s-4vcpu-8gb") - 7;
    const withPool = (connections: number): string =>
      refusalOf(withValue(BASE, "postgres.poolConnections", connections));
    expect(sumOf(base)).toBe(189);
    expect(most).toBe(190);
    expect(withPool(189)).toBe("accepted");
    expect(withPool(190)).toBe("accepted");
    expect(withPool(188)).not.toBe("accepted");
    expect(withPool(191)).not.toBe("accepted");
  });
});

describe("what is short", () => {
  it("is refused with a cure that works, at the price that is named", () => {
    let cured = 0;
    fc.assert(
      fc.property(anySizes, (config) => {
        for (const budget of budgetsOf(config).filter(isOver)) {
          const before = new Set(
            budgetsOf(config)
              .filter(isOver)
              .map(({ what }) => what),
          );
          for (const cure of curesOf(budget, config)) {
            cured += 1;
            const after = budgetsOf(cure.config)
              .filter(isOver)
              .map(({ what }) => what);
            expect(after).not.toContain(budget.what);
            expect(after.filter((what) => !before.has(what))).toEqual([]);
          }
        }
      }),
      { numRuns: 100 },
    );
    expect(cured).toBeGreaterThan(100);
  }, 60_000);

  it("names the cheapest first", () => {
    fc.assert(
      fc.property(anySizes, (config) => {
        for (const budget of budgetsOf(config).filter(isOver)) {
          const prices = curesOf(budget, config).map(({ dollars }) => dollars);
          expect(prices).toEqual([...prices].sort((one, other) => one - other));
        }
      }),
      { numRuns: 50 },
    );
  });

  it.each(PROFILE_NAMES)("is nothing in the profile %s", (profile) => {
    const { domain, webDomain, region, cloudflare } = BASE;
    const who = { domain, webDomain, region, cloudflare };
    const raw = { ...who, profile, cluster: { version: "1.35.1-do.6" } };
    expect(refusalOf(raw)).toBe("accepted");
  });
});

/** What is said, under the head that all of these have. */
const SHORT: readonly (readonly [
  danger: string,
  changes: readonly (readonly [path: string, value: unknown])[],
  lines: readonly string[],
])[] = [
  [
    "a pool below the demand",
    [["postgres.poolConnections", 130]],
    [
      "Database connections through the pool: 189 are needed, and mastodon:postgres.poolConnections gives 130:",
      "  web 3 + 1 pods × 2 workers × 8 threads = 64",
      "  sidekiq-default 1 + 1 pods × 20 threads = 40",
      "  sidekiq-federation 1 + 1 pods × 25 threads = 50",
      "  sidekiq-scheduler 1 pods × 5 threads = 5",
      "  streaming 2 + 1 pods × 10 = 30",
      "Cheapest first, either of these mends it:",
      "  mastodon:postgres.poolConnections: 189 (costs nothing)",
      "  mastodon:postgres.size: db-s-6vcpu-16gb with mastodon:postgres.poolConnections: 189 ($243.80 a month more)",
    ],
  ],
  [
    "a pool above what the plan allows",
    [["postgres.poolConnections", 193]],
    [
      "Database connections in all: 200 are needed, and mastodon:postgres.size db-s-4vcpu-8gb gives 197:",
      "  the pool = 193",
      "  migration Job, with the one that holds its lock = 2",
      "  grants Job = 1",
      "  a person with psql, and a dump = 2",
      "  upkeep 1 + 1 threads = 2",
      "Cheapest first, either of these mends it:",
      "  mastodon:postgres.poolConnections: 189 (costs nothing)",
      "  mastodon:postgres.size: db-s-6vcpu-16gb ($243.80 a month more)",
    ],
  ],
  [
    "a read replica with too few connections",
    [
      ["postgres.size", "db-s-6vcpu-16gb"],
      ["postgres.readReplica", { size: "db-s-6vcpu-16gb" }],
      ["web.maxReplicas", 9],
      ["web.threads", 16],
      ["postgres.poolConnections", 390],
    ],
    [
      "Database connections through the pool: 445 are needed, and mastodon:postgres.poolConnections gives 390:",
      "  web 9 + 1 pods × 2 workers × 16 threads = 320",
      "  sidekiq-default 1 + 1 pods × 20 threads = 40",
      "  sidekiq-federation 1 + 1 pods × 25 threads = 50",
      "  sidekiq-scheduler 1 pods × 5 threads = 5",
      "  streaming 2 + 1 pods × 10 = 30",
      "Cheapest first, either of these mends it:",
      "  mastodon:web.maxReplicas: 7 (costs nothing)",
      "  mastodon:web.threads: 13 (costs nothing)",
      "Connections to the read replica, which has no pool: 415 are needed, and mastodon:postgres.readReplica.size db-s-6vcpu-16gb gives 397:",
      "  web 9 + 1 pods × 2 workers × 16 threads = 320",
      "  sidekiq-default 1 + 1 pods × 20 threads = 40",
      "  sidekiq-federation 1 + 1 pods × 25 threads = 50",
      "  sidekiq-scheduler 1 pods × 5 threads = 5",
      "Cheapest first, either of these mends it:",
      "  mastodon:web.maxReplicas: 8 (costs nothing)",
      "  mastodon:web.threads: 15 (costs nothing)",
    ],
  ],
  [
    "feeds of more members than Valkey has memory for",
    [["members", 40000]],
    [
      "Memory of Valkey: 3013 MiB are needed, and mastodon:valkey.size db-s-1vcpu-2gb leaves for data 1228 MiB:",
      "  home feeds of 40000 members × 72 KiB = 2813 MiB",
      "  waiting jobs = 100 MiB",
      "  cache = 100 MiB",
      "One setting mends it:",
      "  mastodon:valkey.size: db-s-4vcpu-8gb ($90.00 a month more)",
    ],
  ],
  [
    "a cache that Valkey has no room for beside the feeds",
    [["members", 16000]],
    [
      "Memory of Valkey: 1325 MiB are needed, and mastodon:valkey.size db-s-1vcpu-2gb leaves for data 1228 MiB:",
      "  home feeds of 16000 members × 72 KiB = 1125 MiB",
      "  waiting jobs = 100 MiB",
      "  cache = 100 MiB",
      "Cheapest first, either of these mends it:",
      "  mastodon:valkey.cache.size: db-s-1vcpu-1gb ($15.00 a month more)",
      "  mastodon:valkey.size: db-s-2vcpu-4gb ($30.00 a month more)",
    ],
  ],
  [
    "nodes a little too few, where a small one in the other pool is the cheapest room",
    [
      ["cluster.workloadPool", { size: "s-4vcpu-8gb", nodes: 2 }],
      ["web", { replicas: 9, workers: 1, threads: 4 }],
    ],
    [
      "Memory of the nodes during a rollout: 15708 MiB are needed, and 3 nodes leave after what DigitalOcean runs on each 14428 MiB:",
      "  web 10 × 1024 = 10240 MiB",
      "  sidekiq-default 2 × 768 = 1536 MiB",
      "  sidekiq-federation 2 × 768 = 1536 MiB",
      "  sidekiq-scheduler 1 × 512 = 512 MiB",
      "  streaming 3 × 256 = 768 MiB",
      "  cloudflared 3 × 128 = 384 MiB",
      "  assets 3 × 64 = 192 MiB",
      "  metrics-server 1 × 200 = 200 MiB",
      "  DNS of the cluster = 340 MiB",
      "Cheapest first, either of these mends it:",
      "  mastodon:cluster.basePool.nodes: 2 ($24.00 a month more)",
      "  mastodon:cluster.workloadPool.maxNodes: 3 ($48.00 a month more)",
    ],
  ],
  [
    "nodes too few at rest",
    [["cluster.workloadPool", { size: "s-2vcpu-4gb", nodes: 1 }]],
    [
      "Memory of the nodes at rest, while a migration and upkeep run: 7580 MiB are needed, and 2 nodes leave after what DigitalOcean runs on each 4840 MiB:",
      "  web 2 × 1536 = 3072 MiB",
      "  sidekiq-default 1 × 768 = 768 MiB",
      "  sidekiq-federation 1 × 768 = 768 MiB",
      "  sidekiq-scheduler 1 × 512 = 512 MiB",
      "  streaming 2 × 256 = 512 MiB",
      "  cloudflared 2 × 128 = 256 MiB",
      "  assets 2 × 64 = 128 MiB",
      "  metrics-server 1 × 200 = 200 MiB",
      "  migration 1 × 512 = 512 MiB",
      "  upkeep 1 × 512 = 512 MiB",
      "  DNS of the cluster = 340 MiB",
      "Cheapest first, either of these mends it:",
      "  mastodon:cluster.workloadPool.size: s-4vcpu-8gb with mastodon:cluster.workloadPool.nodes: 2 ($72.00 a month more)",
      "  mastodon:cluster.workloadPool.nodes: 5 ($96.00 a month more)",
      "CPU of the nodes at rest, while a migration and upkeep run: 2950m of CPU are needed, and 2 nodes leave after what DigitalOcean runs on each 2396m of CPU:",
      "  web 2 × 500 = 1000m of CPU",
      "  sidekiq-default 1 × 250 = 250m of CPU",
      "  sidekiq-federation 1 × 250 = 250m of CPU",
      "  sidekiq-scheduler 1 × 250 = 250m of CPU",
      "  streaming 2 × 100 = 200m of CPU",
      "  cloudflared 2 × 50 = 100m of CPU",
      "  assets 2 × 50 = 100m of CPU",
      "  metrics-server 1 × 100 = 100m of CPU",
      "  migration 1 × 250 = 250m of CPU",
      "  upkeep 1 × 250 = 250m of CPU",
      "  DNS of the cluster = 200m of CPU",
      "Cheapest first, either of these mends it:",
      "  mastodon:cluster.workloadPool.size: s-4vcpu-8gb with mastodon:cluster.workloadPool.nodes: 2 ($72.00 a month more)",
      "  mastodon:cluster.workloadPool.nodes: 5 ($96.00 a month more)",
    ],
  ],
  [
    "nodes too few for a rollout at the ceiling",
    [
      ["cluster.workloadPool", { size: "s-2vcpu-4gb", nodes: 3 }],
      ["web.workers", 1],
      ["web.threads", 4],
      ["web.maxReplicas", 6],
    ],
    [
      "Memory of the nodes at the ceiling: 9628 MiB are needed and 4 nodes leave after what DigitalOcean runs on each 9680 MiB, but in pieces that the last pod fits into none of:",
      "  web 6 × 1024 = 6144 MiB",
      "  sidekiq-default 1 × 768 = 768 MiB",
      "  sidekiq-federation 1 × 768 = 768 MiB",
      "  sidekiq-scheduler 1 × 512 = 512 MiB",
      "  streaming 2 × 256 = 512 MiB",
      "  cloudflared 2 × 128 = 256 MiB",
      "  assets 2 × 64 = 128 MiB",
      "  metrics-server 1 × 200 = 200 MiB",
      "  DNS of the cluster = 340 MiB",
      "Cheapest first, either of these mends it:",
      "  mastodon:web.maxReplicas: 2 (costs nothing)",
      "  mastodon:cluster.workloadPool.maxNodes: 5 ($48.00 a month more)",
    ],
  ],
  [
    "nodes whose room is in pieces too small",
    [
      ["web.workers", 8],
      ["web.threads", 2],
      ["web.maxReplicas", 2],
      ["cluster.workloadPool", { size: "s-2vcpu-4gb", nodes: 8 }],
    ],
    [
      "Memory of the nodes at rest, while a migration and upkeep run: 13724 MiB are needed and 9 nodes leave after what DigitalOcean runs on each 21780 MiB, but in pieces that the last pod fits into none of:",
      "  web 2 × 4608 = 9216 MiB",
      "  sidekiq-default 1 × 768 = 768 MiB",
      "  sidekiq-federation 1 × 768 = 768 MiB",
      "  sidekiq-scheduler 1 × 512 = 512 MiB",
      "  streaming 2 × 256 = 512 MiB",
      "  cloudflared 2 × 128 = 256 MiB",
      "  assets 2 × 64 = 128 MiB",
      "  metrics-server 1 × 200 = 200 MiB",
      "  migration 1 × 512 = 512 MiB",
      "  upkeep 1 × 512 = 512 MiB",
      "  DNS of the cluster = 340 MiB",
      "Cheapest first, either of these mends it:",
      "  mastodon:web.workers: 3 (costs nothing)",
      "  mastodon:cluster.workloadPool.size: s-4vcpu-8gb ($192.00 a month more)",
    ],
  ],
];

test.each(SHORT)("%s is told with its sum and two ways out", (_danger, changes, lines) => {
  const raw = changes.reduce<Record<string, unknown>>(
    (config, [path, value]) => withValue(config, path, value),
    structuredClone(BASE) as unknown as Record<string, unknown>,
  );
  expect(refusalOf(raw)).toBe(
    [
      "The stack needs more than it pays for; nothing was changed:",
      ...lines.map((line) => `  ${line}`),
    ].join("\n"),
  );
});

test("the random configurations of the other tests are all accepted, or they would prove nothing", () => {
  for (const raw of fc.sample(accepted, 30)) expect(capacityFaults(parseConfig(raw))).toEqual([]);
});
