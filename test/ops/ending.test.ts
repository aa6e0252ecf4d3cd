import type { CoreV1Event, V1ContainerState, V1Job, V1Pod } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { endingOf, hopelessOf, isOutOfTouch, waitsFor, type Seen } from "../../ops/pods/ending.ts";

const NOW = Date.parse("2026-11-28T12:00:00Z");
const at = (seconds: number): Date => new Date(NOW + seconds * 1_000);

const JOB: V1Job = {
  metadata: { name: "tootctl-x" },
  spec: { activeDeadlineSeconds: 43_200 } as never,
};

function jobWith(type: string, reason: string, message = ""): V1Job {
  const condition = { type, status: "True", reason, message };
  return { ...JOB, status: { conditions: [condition] } };
}

const SPENT = jobWith(
  "Failed",
  "BackoffLimitExceeded",
  "Job has reached the specified backoff limit",
);

interface PodState {
  readonly phase?: string;
  readonly state?: V1ContainerState;
  readonly disrupted?: string;
  /** Seconds since its deletion, with a grace period of thirty. */
  readonly deleted?: number;
  readonly more?: object;
}

function podOf({ phase = "Running", state, disrupted, deleted, more }: PodState): V1Pod {
  return {
    metadata: {
      name: "tootctl-x-abcde",
      ...(deleted !== undefined && {
        deletionTimestamp: at(30 - deleted),
        deletionGracePeriodSeconds: 30,
      }),
    },
    status: {
      phase,
      ...(state && { containerStatuses: [{ name: "command", state } as never] }),
      ...(disrupted !== undefined && {
        conditions: [
          { type: "DisruptionTarget", status: "True", reason: disrupted, message: "in its words" },
        ],
      }),
      ...more,
    },
  };
}

function seenOf(seen: Partial<Seen>): Seen {
  return { job: JOB, pod: undefined, goneAt: undefined, events: [], now: NOW, ...seen };
}

const over = (exitCode: number, reason = "Error", ago = 1): V1ContainerState => ({
  terminated: { exitCode, reason, finishedAt: at(-ago) },
});
const RUNS: V1ContainerState = { running: {} };

const PREEMPTED: CoreV1Event = {
  metadata: {},
  involvedObject: { name: "tootctl-x-abcde" },
  reason: "Preempted",
  message: "Preempted by a pod",
  related: { kind: "Pod", name: "web-7c5d" },
};

/**
 * For each: the cluster's objects, the exit status, and the expected sentence; undefined means no
 * sentence.
 */
const ENDINGS: Readonly<Record<string, readonly [Partial<Seen>, number, RegExp | undefined]>> = {
  "ends well": [{ pod: podOf({ phase: "Succeeded", state: over(0, "Completed") }) }, 0, undefined],
  "fails by itself": [
    { job: SPENT, pod: podOf({ phase: "Failed", state: over(3) }) },
    3,
    undefined,
  ],
  "is preempted before it starts": [
    {
      job: SPENT,
      pod: podOf({ phase: "Pending", disrupted: "PreemptionByScheduler", deleted: 1 }),
      events: [PREEMPTED],
    },
    1,
    /to make room for web-7c5d \(PreemptionByScheduler: in its words\)\. Run it again/u,
  ],
  "is preempted before it starts, and nobody saw its pod go": [
    { job: SPENT, pod: podOf({ phase: "Pending" }), goneAt: NOW, events: [PREEMPTED] },
    1,
    /to make room for web-7c5d \(Preempted: .*Run it again/u,
  ],
  "is preempted while it runs": [
    {
      job: SPENT,
      pod: podOf({
        phase: "Failed",
        state: over(137),
        disrupted: "PreemptionByScheduler",
        deleted: 31,
      }),
    },
    137,
    /to make room for what members wait for .*Run it again/u,
  ],
  "is evicted by a node that is short of something": [
    {
      job: SPENT,
      pod: podOf({
        phase: "Failed",
        state: over(137),
        disrupted: "TerminationByKubelet",
        more: { reason: "Evicted", message: "The node was low on resource: memory." },
      }),
    },
    137,
    /short of memory or disk.*low on resource: memory.*Run it again/u,
  ],
  "is drained": [
    {
      job: SPENT,
      pod: podOf({
        phase: "Failed",
        state: over(143),
        disrupted: "EvictionByEvictionAPI",
        deleted: 2,
      }),
    },
    143,
    /node is being emptied \(EvictionByEvictionAPI: .*Run it again/u,
  ],
  "is on a node that is lost": [
    { pod: podOf({ state: RUNS, disrupted: "DeletionByTaintManager", deleted: 60 }) },
    1,
    /node does not answer.*Run it again/u,
  ],
  "is on a node that is gone": [
    { pod: podOf({ phase: "Failed", state: RUNS, disrupted: "DeletionByPodGC" }) },
    1,
    /node is gone/u,
  ],
  "is disrupted for a reason of another version of Kubernetes": [
    { pod: podOf({ phase: "Failed", disrupted: "SomethingNew" }) },
    1,
    /SomethingNew: in its words/u,
  ],
  "takes too much memory": [
    { job: SPENT, pod: podOf({ phase: "Failed", state: over(137, "OOMKilled") }) },
    137,
    /more memory than its pod has/u,
  ],
  "runs for too long": [
    {
      job: jobWith("FailureTarget", "DeadlineExceeded"),
      pod: podOf({ phase: "Failed", state: over(143), deleted: 2 }),
    },
    143,
    /time was over, 43200 seconds.*--hours 24/u,
  ],
  "never gets a pod in its time": [
    { job: jobWith("Failed", "DeadlineExceeded") },
    1,
    /time was over/u,
  ],
  "has its Job deleted by somebody": [
    { job: undefined, pod: podOf({ state: over(143), deleted: 2 }) },
    143,
    /Somebody deleted its Job/u,
  ],
  "has its Job deleted, and nobody saw its pod go": [
    { job: undefined, pod: podOf({ state: RUNS }), goneAt: NOW },
    1,
    /Somebody deleted its Job/u,
  ],
  "has its pod deleted by somebody": [
    { job: SPENT, pod: podOf({ phase: "Failed", state: over(143), deleted: 2 }) },
    143,
    /Its pod was taken away.*Run it again/u,
  ],
  "has its pod deleted, and nobody saw it go": [
    { job: SPENT, pod: podOf({ state: RUNS }), goneAt: NOW },
    1,
    /Its pod was taken away/u,
  ],
  "has its pod vanish while its controller stands still": [
    { pod: podOf({ state: RUNS }), goneAt: NOW - 20_000 },
    1,
    /Its pod was taken away/u,
  ],
  "is turned away by its node": [
    {
      job: SPENT,
      pod: podOf({ phase: "Failed", more: { reason: "OutOfcpu", message: "Node has no CPU." } }),
    },
    1,
    /\(OutOfcpu: Node has no CPU\)/u,
  ],
  "can't be executed": [
    {
      job: SPENT,
      pod: podOf({
        phase: "Failed",
        state: { terminated: { exitCode: 128, reason: "StartError", message: "no such file" } },
      }),
    },
    128,
    /StartError: no such file/u,
  ],
  "fails as a Job without ever having a pod": [
    { job: jobWith("Failed", "SomethingNew", "in its words") },
    1,
    /\(SomethingNew: in its words\)/u,
  ],
};

describe("a command that", () => {
  test.each(Object.entries(ENDINGS))("%s is told as that", (_what, [seen, status, says]) => {
    const ending = endingOf(seenOf(seen));
    expect(ending?.status).toBe(status);
    if (says === undefined) expect(ending?.says).toBeUndefined();
    else expect(ending?.says).toMatch(says);
    expect(ending?.says ?? "Fine.").toMatch(/^[A-Z][^]*\.$/u);
  });

  test.each<readonly [string, Partial<Seen>]>([
    ["runs", { pod: podOf({ state: RUNS }) }],
    ["waits for its controller", {}],
    ["waits for a node", { pod: podOf({ phase: "Pending" }) }],
    [
      "has seconds to end by itself after it was told to go",
      {
        job: SPENT,
        pod: podOf({ state: RUNS, disrupted: "PreemptionByScheduler", deleted: 10 }),
      },
    ],
    [
      "has just vanished, and whose Job will say why",
      { pod: podOf({ state: RUNS }), goneAt: NOW - 1_000 },
    ],
  ])("%s has not ended", (_what, seen) => {
    expect(endingOf(seenOf(seen))).toBeUndefined();
  });

  test("ended by itself is not told as deleted because its pod was cleared away afterwards", () => {
    const pod = podOf({ phase: "Failed", state: over(3, "Error", 600), deleted: 5 });
    expect(endingOf(seenOf({ job: SPENT, pod }))).toEqual({ status: 3 });
  });
});

const waiting = (reason: string): Partial<Seen> => ({
  pod: podOf({ phase: "Pending", state: { waiting: { reason, message: "in its words." } } }),
});

describe("a pod that never starts", () => {
  test.each<readonly [string, Partial<Seen>]>([
    ["ErrImagePull", waiting("ErrImagePull")],
    ["ImagePullBackOff", waiting("ImagePullBackOff")],
    ["CreateContainerConfigError", waiting("CreateContainerConfigError")],
    [
      "FailedCreate",
      {
        events: [
          { metadata: {}, involvedObject: {}, reason: "FailedCreate", message: "in its words." },
        ],
      },
    ],
  ])("says %s at once", (reason, seen) => {
    expect(hopelessOf(seenOf(seen))).toBe(`(${reason}: in its words).`);
  });

  test("is given its time where a node, or an image, may still come", () => {
    expect(hopelessOf(seenOf(waiting("ContainerCreating")))).toBeUndefined();
    expect(waitsFor(seenOf(waiting("ContainerCreating")))).toContain("ContainerCreating");
    const conditions = [
      { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/2 nodes" },
    ];
    const unplaced = seenOf({ pod: podOf({ phase: "Pending", more: { conditions } }) });
    expect(hopelessOf(unplaced)).toBeUndefined();
    expect(waitsFor(unplaced)).toContain("room on a node (Unschedulable: 0/2 nodes)");
    expect(waitsFor(seenOf({}))).toContain("controller");
  });
});

test("a node that no longer answers is told before the cluster gives it up", () => {
  const conditions = [{ type: "Ready", status: "False" }];
  expect(isOutOfTouch(seenOf({ pod: podOf({ state: RUNS, more: { conditions } }) }))).toBe(true);
  expect(isOutOfTouch(seenOf({ pod: podOf({ state: RUNS }) }))).toBe(false);
});
