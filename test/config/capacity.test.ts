import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { budgetsOf, shortBudgets, curesOf } from "../../domain/capacity/all.ts";
import { isOver } from "../../domain/capacity/budget.ts";
import { backendConnections, poolLines } from "../../domain/capacity/connections.ts";
import { parseConfig } from "../../input/parse.ts";
import { PROFILE_NAMES } from "../../config/keys/profile.ts";
import type { StackConfig } from "../../config/schema.ts";
import { accepted } from "./arbitrary.ts";
import { BASE, refusalOf, withValue } from "./base.ts";

const base = parseConfig(BASE);

/** The base with sizes that may exceed a budget or not. */
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
          // By code. If the nodes are short in several situations, only the first is reported, and
          // its remedy may reveal the next one.
          const before = new Set(
            budgetsOf(config)
              .filter(isOver)
              .map(({ code }) => code),
          );
          for (const cure of curesOf(budget, config)) {
            cured += 1;
            const after = budgetsOf(cure.config).filter(isOver);
            expect(after.map(({ what }) => what)).not.toContain(budget.what);
            expect(after.filter(({ code }) => !before.has(code))).toEqual([]);
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
    expect(refusalOf(raw), `change ${profile} in config/profiles.ts`).toBe("accepted");
  });
});

test("the random configurations of the other tests are all accepted, or they would prove nothing", () => {
  for (const raw of fc.sample(accepted, 30)) expect(shortBudgets(parseConfig(raw))).toEqual([]);
});
