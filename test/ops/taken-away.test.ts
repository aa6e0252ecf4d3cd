import type { CoreV1Event, V1Job, V1Pod } from "@kubernetes/client-node";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { explained } from "../../ops/pods/exec-command.ts";
import type { Cluster } from "../../ops/pods/cluster.ts";
import { ended, withPod } from "../../ops/pods/lifetime.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A cluster that shows these states one after the other, and then keeps showing the last. */
interface Scene {
  readonly job?: V1Job | Error;
  readonly pod?: V1Pod;
  readonly events?: readonly CoreV1Event[];
}

const POD: V1Pod = {
  metadata: { name: "tootctl-x-abcde", labels: { "batch.kubernetes.io/job-name": "tootctl-x" } },
};
const pod = (status: V1Pod["status"]): V1Pod => ({ ...POD, status: status! });
const running = pod({ phase: "Running" });
const spent: V1Job = {
  status: {
    conditions: [{ type: "Failed", status: "True", reason: "BackoffLimitExceeded" }],
  },
};
const notFound = Object.assign(new Error("not found"), { code: 404 });

function clusterOf(scenes: readonly Scene[]) {
  let at = -1;
  let deleted = false;
  const now = (): Scene => scenes[Math.min(Math.max(at, 0), scenes.length - 1)]!;
  const cluster = {
    batch: {
      createNamespacedJob: async () => await Promise.resolve({ metadata: { name: "tootctl-x" } }),
      deleteNamespacedJob: async () => {
        deleted = true;
        await Promise.resolve();
      },
      readNamespacedJob: async () => {
        at += 1;
        const { job = {} } = now();
        if (job instanceof Error) throw job;
        return await Promise.resolve(job);
      },
    },
    core: {
      listNamespacedPod: async () =>
        await Promise.resolve({ items: deleted ? [] : [now().pod].filter(Boolean) }),
      listNamespacedEvent: async () => await Promise.resolve({ items: now().events ?? [] }),
    },
  };
  return cluster as unknown as Cluster;
}

/** Result of a call, and its seconds on the simulated clock. */
async function timed<T>(call: Promise<T>): Promise<readonly [result: T | string, seconds: number]> {
  const since = Date.now();
  const outcome = call.then(
    (result) => [result, (Date.now() - since) / 1_000] as const,
    (error: unknown) => [(error as Error).message, (Date.now() - since) / 1_000] as const,
  );
  await vi.advanceTimersByTimeAsync(1_200_000);
  return await outcome;
}

const { signal } = new AbortController();
const PREEMPTED = {
  metadata: {},
  involvedObject: {},
  reason: "Preempted",
  message: "in its words",
  related: { name: "web-7c5d" },
};

test("one that is preempted before it starts is told in seconds, not after ten minutes of silence", async () => {
  const cluster = clusterOf([
    { pod: pod({ phase: "Pending" }) },
    { job: spent, events: [PREEMPTED] },
  ]);
  const [told, seconds] = await timed(
    withPod(cluster, {}, signal, () => Promise.resolve("it ran")),
  );
  expect(told).toMatch(
    /did not begin\. It was stopped to make room for web-7c5d .*Run it again\.$/u,
  );
  expect(seconds).toBeLessThan(5);
});

test("one that finds no room is told early, again every minute, and refused in the end", async () => {
  const conditions = [
    { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/2 nodes" },
  ];
  const cluster = clusterOf([{ pod: pod({ phase: "Pending", conditions }) }]);
  const since = Date.now();
  const said: number[] = [];
  const [told, seconds] = await timed(
    withPod(
      cluster,
      {},
      signal,
      () => Promise.resolve("it ran"),
      (sentence) => {
        expect(sentence).toMatch(/waits for room on a node \(Unschedulable: 0\/2 nodes\)/u);
        said.push(Math.round((Date.now() - since) / 1_000));
      },
    ),
  );
  expect(said.slice(0, 3)).toEqual([6, 66, 126]);
  expect(told).toMatch(/after 10 minutes it waits for room on a node \(Unschedulable/u);
  expect(Math.round(seconds)).toBe(601);
});

test("an API server that is away for minutes ends no command, and no wait for one", async () => {
  const away = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
  const done = pod({
    phase: "Succeeded",
    containerStatuses: [{ state: { terminated: { exitCode: 0 } } } as never],
  });
  const scenes = Array.from({ length: 100 }, () => ({ job: away }));
  const said: string[] = [];
  const [ending] = await timed(
    ended(clusterOf([...scenes, { pod: done }]), running, signal, (each) => said.push(each)),
  );
  expect(ending).toEqual({ status: 0 });
  expect(said).toEqual([expect.stringContaining("it is asked again")]);
});

test("a console or a dump whose pod is taken away is told so, not 137", async () => {
  const conditions = [
    { type: "DisruptionTarget", status: "True", reason: "EvictionByEvictionAPI", message: "…" },
  ];
  const drained = pod({ phase: "Failed", conditions });
  const scenes = [{ pod: running }, { job: spent, pod: drained }];
  for (const run of [() => Promise.resolve(137), () => Promise.reject(new Error("broke off"))]) {
    const [ending] = await timed(explained(clusterOf(scenes), running, run(), signal));
    expect(ending).toMatchObject({ says: expect.stringMatching(/node is being emptied/u) });
  }
});

test("a program that failed in a pod that is well keeps its own status, and its own words", async () => {
  const well = clusterOf([{ pod: running }]);
  expect(await timed(explained(well, running, Promise.resolve(3), signal))).toEqual([
    { status: 3 },
    0,
  ]);
  const [broken] = await timed(
    explained(well, running, Promise.reject(new Error("broke off")), signal),
  );
  expect(broken).toBe("broke off");
  const [killed] = await timed(explained(well, running, Promise.resolve(137), signal));
  expect(killed).toMatchObject({ status: 137, says: expect.stringContaining("memory") });
});

test("a Job that somebody deletes ends the wait for it", async () => {
  const [ending, seconds] = await timed(
    ended(clusterOf([{ pod: running }, { job: notFound }]), running, signal),
  );
  expect(ending).toMatchObject({ status: 1, says: expect.stringContaining("deleted its Job") });
  expect(seconds).toBeLessThan(5);
});
