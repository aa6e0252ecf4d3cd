import fc from "fast-check";
import { expect, test } from "vitest";
import { backendConnections, poolDemand } from "../../config/capacity.ts";
import { SIDEKIQ_QUEUES, type SidekiqQueue } from "../../config/sidekiq.ts";
import { SECRET_MARK } from "../../rehearsal/plan/answers.ts";
import { planStack } from "../../rehearsal/plan/plan-stack.ts";
import { readStackFile } from "../../rehearsal/plan/stack-file.ts";
import { podsOf, textsOf } from "./views.ts";

const WORKERS = SIDEKIQ_QUEUES.filter((queue) => queue !== "scheduler");

/** Every way to share the queues among up to three groups, and the sizes of a server that the largest plan can carry. */
const raws = fc
  .record({
    webDomain: fc.constantFrom("example.social", "social.example.org"),
    owners: fc.array(fc.integer({ min: 0, max: 2 }), {
      minLength: WORKERS.length,
      maxLength: WORKERS.length,
    }),
    concurrency: fc.integer({ min: 1, max: 20 }),
    web: fc.record({
      replicas: fc.integer({ min: 1, max: 5 }),
      workers: fc.integer({ min: 1, max: 3 }),
      threads: fc.integer({ min: 1, max: 8 }),
    }),
    streaming: fc.record({ replicas: fc.integer({ min: 1, max: 4 }) }),
    previousVersion: fc.constantFrom("v4.6.4", undefined),
    highAvailability: fc.boolean(),
  })
  .map(({ owners, concurrency, highAvailability, previousVersion, ...rest }) => {
    const groups = [0, 1, 2]
      .map((owner) => WORKERS.filter((_queue, at) => owners[at] === owner))
      .filter((queues) => queues.length > 0)
      .map((queues, at) => ({ name: `group${at}`, queues, replicas: 2, concurrency }));
    const sidekiq = [
      ...groups,
      {
        name: "clock",
        queues: ["scheduler" as SidekiqQueue],
        replicas: 1,
        concurrency: 5,
      },
    ];
    const base = readStackFile();
    const demand = poolDemand({ ...rest, sidekiq }).reduce(
      (sum, { connections }) => sum + connections,
      0,
    );
    return {
      ...base,
      ...rest,
      ...(previousVersion === undefined ? {} : { previousVersion }),
      sidekiq,
      cluster: { ...(base["cluster"] as object), highAvailability },
      postgres: { size: "db-s-6vcpu-16gb", nodes: 2, poolConnections: demand },
    };
  })
  .filter(({ postgres }) => postgres.poolConnections + 5 <= backendConnections("db-s-6vcpu-16gb"));

test("whatever an operator may decide: no open secret, each queue once, no container without limits or with a host it does not know", async () => {
  await fc.assert(
    fc.asyncProperty(raws, async (raw) => {
      const plan = await planStack(raw);
      const texts = plan.resources.flatMap(({ name, inputs }) =>
        [...textsOf(inputs)].map(({ path, text }) => ({ at: `${name}${path}`, text })),
      );
      expect(texts.filter(({ text }) => text.includes(SECRET_MARK)).map(({ at }) => at)).toEqual(
        [],
      );
      expect(texts.filter(({ text }) => text.includes("Calling [to"))).toEqual([]);

      const urns = plan.resources.map(({ urn }) => urn);
      expect(new Set(urns).size).toBe(urns.length);

      const containers = podsOf(plan).flatMap((pod) => pod.containers);
      const queues = containers.flatMap(({ args = [] }) =>
        args.flatMap((arg, at) => (args[at - 1] === "-q" ? [arg.split(",")[0]] : [])),
      );
      expect(queues.sort()).toEqual([...SIDEKIQ_QUEUES].sort());
      for (const { name, resources } of containers) {
        expect(Object.keys(resources?.requests ?? {}).sort(), name).toEqual(["cpu", "memory"]);
        expect(Object.keys(resources?.limits ?? {}).sort(), name).toEqual(["cpu", "memory"]);
      }

      const hosts = texts.flatMap(
        ({ text }) => text.match(/[\w.-]+\.example\.(social|org)/gu) ?? [],
      );
      const known = ["streaming", "assets"].map((role) => `${role}.${raw.webDomain}`);
      expect(hosts.filter((host) => ![...known, raw.webDomain].includes(host))).toEqual([]);
    }),
    { numRuns: 25 },
  );
});
