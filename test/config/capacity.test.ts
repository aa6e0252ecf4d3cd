import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { backendConnections, checkConnections, poolDemand } from "../../config/capacity.ts";
import { POSTGRES_SIZES, type PostgresSize } from "../../config/sizes.ts";
import { SIDEKIQ_QUEUES, type SidekiqQueue } from "../../config/sidekiq.ts";

type Capacity = Parameters<typeof checkConnections>[0];

/** Web, streaming, Sidekiq and a plan: about the sizes of real servers, so that a good part fits some plan. */
const capacities = fc.record({
  web: fc.record({
    replicas: fc.integer({ min: 1, max: 6 }),
    workers: fc.integer({ min: 1, max: 3 }),
    threads: fc.integer({ min: 1, max: 8 }),
  }),
  streaming: fc.record({ replicas: fc.integer({ min: 1, max: 4 }) }),
  sidekiq: fc.array(
    fc.record({
      name: fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/u),
      queues: fc.constant<SidekiqQueue[]>([...SIDEKIQ_QUEUES]),
      replicas: fc.integer({ min: 1, max: 3 }),
      concurrency: fc.integer({ min: 1, max: 25 }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  postgres: fc.record({
    size: fc.constantFrom<PostgresSize>(...POSTGRES_SIZES),
    nodes: fc.integer({ min: 1, max: 3 }),
    poolConnections: fc.integer({ min: 1, max: 500 }),
  }),
});

function demandOf(capacity: Capacity): number {
  return poolDemand(capacity).reduce((sum, { connections }) => sum + connections, 0);
}

function refusalOf(capacity: Capacity): string | undefined {
  try {
    checkConnections(capacity);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
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

  it("are accepted from the sum of the demand up to the plan less 5 for a migration and a person, and not one beyond", () => {
    fc.assert(
      fc.property(capacities, (capacity) => {
        const least = demandOf(capacity);
        const most = backendConnections(capacity.postgres.size) - 5;
        fc.pre(least <= most);
        const withPool = (poolConnections: number): string | undefined =>
          refusalOf({ ...capacity, postgres: { ...capacity.postgres, poolConnections } });
        expect(withPool(least)).toBeUndefined();
        expect(withPool(most)).toBeUndefined();
        expect(withPool(least - 1)).toContain(`Raise it to ${least}`);
        expect(withPool(most + 1)).toContain(`Lower it to ${most}`);
      }),
      { maxSkipsPerRun: 1_000 },
    );
  });

  it("that do not fit are refused with a cure that works: what the sentence says, done, is accepted", () => {
    fc.assert(
      fc.property(capacities, (capacity) => {
        const refusal = refusalOf(capacity);
        fc.pre(refusal !== undefined);
        const wanted = Number(/(?:Raise it to|Lower it to) (\d+)/u.exec(refusal)?.[1]);
        expect(wanted).toBeGreaterThan(0);
        const cured = refusalOf({
          ...capacity,
          postgres: { ...capacity.postgres, poolConnections: wanted },
        });
        // Either that was all, or the other bound is the one that is in the way, and then says so.
        if (cured !== undefined) expect(cured).not.toBe(refusal);
      }),
    );
  });

  it("grow with every part that is added: none is left out of the sum", () => {
    fc.assert(
      fc.property(capacities, (capacity) => {
        const { web, streaming, sidekiq } = capacity;
        const before = demandOf(capacity);
        expect(
          demandOf({ ...capacity, web: { ...web, replicas: web.replicas + 1 } }) - before,
        ).toBe(web.workers * web.threads);
        expect(
          demandOf({ ...capacity, streaming: { replicas: streaming.replicas + 1 } }) - before,
        ).toBe(10);
        sidekiq.forEach((group, at) => {
          const more = sidekiq.with(at, { ...group, replicas: group.replicas + 1 });
          expect(demandOf({ ...capacity, sidekiq: more }) - before).toBe(group.concurrency);
        });
      }),
    );
  });
});
