import { describe, expect, test } from "vitest";
import {
  deploymentReadiness,
  hopeless,
  jobReadiness,
  namespaceReadiness,
  podWords,
  serviceReadiness,
  type Readiness,
} from "../../rehearsal/providers/kubernetes/conditions.ts";

const READY: Readiness = { state: "ready" };
const waiting = (why: string): Readiness => ({ state: "waiting", why });
const failed = (why: string): Readiness => ({ state: "failed", why });

type Status = Readonly<Record<string, unknown>>;
const condition = (type: string, status: string, reason: string, message: string): Status => ({
  conditions: [
    { type: "Available", status: "True", reason: "MinimumReplicasAvailable" },
    { type, status, reason, message },
  ],
});
/** What the controller writes when a rollout of two pods is through. */
const DONE: Status = {
  observedGeneration: 3,
  replicas: 2,
  updatedReplicas: 2,
  readyReplicas: 2,
  availableReplicas: 2,
  conditions: [
    { type: "Available", status: "True", reason: "MinimumReplicasAvailable" },
    { type: "Progressing", status: "True", reason: "NewReplicaSetAvailable" },
  ],
};
const deployment = (status: Status): Readiness =>
  deploymentReadiness({
    metadata: { generation: 3 },
    spec: { replicas: 2 },
    status: { ...DONE, ...status },
  });

describe("a Deployment that is not there yet is not called ready, and a hopeless one not waited for", () => {
  test.each<[string, Status, Readiness]>([
    ["rolled out", {}, READY],
    [
      "the status of the generation before",
      { observedGeneration: 2 },
      waiting("the controller has not seen it yet"),
    ],
    ["a new pod missing", { updatedReplicas: 1 }, waiting("1 of 2 pods are new")],
    [
      "the first pods yet to be made",
      { updatedReplicas: undefined },
      waiting("0 of 2 pods are new"),
    ],
    ["a surge pod left over", { replicas: 3 }, waiting("1 old pods are still there")],
    ["a pod not ready", { availableReplicas: 1 }, waiting("1 of 2 pods are available")],
    [
      "a deadline exceeded",
      condition(
        "Progressing",
        "False",
        "ProgressDeadlineExceeded",
        'ReplicaSet "web-1" has timed out progressing.',
      ),
      failed('ReplicaSet "web-1" has timed out progressing.'),
    ],
    [
      "pods that Pod Security refuses",
      {
        ...condition("ReplicaFailure", "True", "FailedCreate", "violates PodSecurity"),
        updatedReplicas: 0,
      },
      failed("violates PodSecurity"),
    ],
    [
      "pods that were refused once",
      condition("ReplicaFailure", "False", "FailedCreate", "violates PodSecurity"),
      READY,
    ],
    [
      "a failure that the controller found in the generation before",
      {
        ...condition("Progressing", "False", "ProgressDeadlineExceeded", "timed out"),
        observedGeneration: 2,
      },
      waiting("the controller has not seen it yet"),
    ],
  ])("%s", (_name, status, readiness) => {
    expect(deployment(status)).toEqual(readiness);
  });

  test("no number of replicas means one, as for the API server", () => {
    expect(
      deploymentReadiness({
        metadata: { generation: 1 },
        spec: {},
        status: { observedGeneration: 1 },
      }),
    ).toEqual(waiting("0 of 1 pods are new"));
  });
  test("one that nobody has looked at yet", () => {
    expect(deploymentReadiness({ metadata: { generation: 1 }, spec: { replicas: 0 } })).toEqual(
      waiting("the controller has not seen it yet"),
    );
  });
});

describe("a migration that did not run to its end does not let the new release start", () => {
  test.each<[string, Status | undefined, Readiness]>([
    ["not begun", undefined, waiting("0 pods run, 0 have failed")],
    ["running, after a failure", { active: 1, failed: 1 }, waiting("1 pods run, 1 have failed")],
    [
      "through",
      { succeeded: 1, ...condition("Complete", "True", "CompletionsReached", "") },
      READY,
    ],
    [
      "succeeded, but its pod not yet gone",
      { active: 0, ...condition("SuccessCriteriaMet", "True", "CompletionsReached", "") },
      waiting("0 pods run, 0 have failed"),
    ],
    [
      "failed for good",
      {
        failed: 1,
        ...condition(
          "Failed",
          "True",
          "BackoffLimitExceeded",
          "Job has reached the specified backoff limit",
        ),
      },
      failed("[BackoffLimitExceeded] Job has reached the specified backoff limit"),
    ],
    [
      "about to fail",
      condition("FailureTarget", "True", "BackoffLimitExceeded", "reached"),
      waiting("0 pods run, 0 have failed"),
    ],
  ])("%s", (_name, status, readiness) => {
    expect(jobReadiness(status === undefined ? {} : { status })).toEqual(readiness);
  });
});

describe("a Service without a pod behind it is not called ready, and one that chooses none not waited for", () => {
  const NO_POD = waiting("no ready pod stands behind it");
  test.each<[string, Status, number, Readiness]>([
    ["no ready pod", { type: "ClusterIP", clusterIP: "10.0.0.1", selector: { a: "b" } }, 0, NO_POD],
    ["one", { type: "ClusterIP", clusterIP: "10.0.0.1", selector: { a: "b" } }, 1, READY],
    ["no selector", { type: "ClusterIP", clusterIP: "10.0.0.1" }, 0, READY],
    ["headless", { clusterIP: "None", selector: { a: "b" } }, 0, READY],
    ["a name elsewhere", { type: "ExternalName", externalName: "example.com" }, 0, READY],
    [
      "a load balancer, which nobody pays for here",
      { type: "LoadBalancer", selector: { a: "b" } },
      1,
      failed("the rehearsal has no load balancers; the tunnel is the way in"),
    ],
  ])("%s", (_name, spec, pods, readiness) => {
    expect(serviceReadiness({ spec }, pods)).toEqual(readiness);
  });
});

test.each([
  ["Active", READY],
  ["Terminating", waiting("it is not active yet")],
  [undefined, waiting("it is not active yet")],
])("nothing is put into a namespace that is %s, unless it is there to stay", (phase, readiness) => {
  expect(namespaceReadiness({ status: { phase } })).toEqual(readiness);
});

test("a pod whose program failed ends the wait at once, with one that still starts it goes on", () => {
  const pod = (reason: string) => ({
    status: { containerStatuses: [{ name: "nginx", state: { waiting: { reason } } }] },
  });
  expect(hopeless([pod("ContainerCreating"), pod("CrashLoopBackOff")])).toEqual(
    failed("a pod is in CrashLoopBackOff"),
  );
  expect(hopeless([pod("ContainerCreating"), { status: {} }])).toBeUndefined();
});

describe("what a pod that isn't well is told with is what the real provider tells", () => {
  const pod = (status: Status) => ({ status });
  const ready = (status: "True" | "False", reason: string, message?: string): Status => ({
    conditions: [{ type: "Ready", status, reason, ...(message === undefined ? {} : { message }) }],
  });
  const ended = (message: string): Status => ({
    containerStatuses: [
      {
        name: "migrate",
        ready: false,
        state: { terminated: { reason: "Error", exitCode: 1, message } },
      },
    ],
  });

  test("the last lines of a step that failed, where the container keeps them", () => {
    expect(
      podWords(
        "mastodon/migrate-x",
        pod({ ...ready("False", "PodFailed"), ...ended("boom\nbang") }),
      ),
    ).toBe("[Pod mastodon/migrate-x]: [Error] boom\nbang");
  });

  test("its exit code alone, where it doesn't: the reason why each container says FallbackToLogsOnError", () => {
    expect(
      podWords("mastodon/migrate-x", pod({ ...ready("False", "PodFailed"), ...ended("") })),
    ).toBe('[Pod mastodon/migrate-x]: container "migrate" completed with exit code 1');
  });

  test("why it waits, and how it ended before", () => {
    const waits = {
      containerStatuses: [
        {
          name: "puma",
          ready: false,
          state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 10s" } },
          lastState: {
            terminated: {
              reason: "Error",
              exitCode: 1,
              finishedAt: "2026-01-01T00:00:00Z",
              message: "no such key",
            },
          },
        },
      ],
    };
    expect(
      podWords("mastodon/web-x", pod({ ...ready("False", "ContainersNotReady"), ...waits })),
    ).toBe(
      '[Pod mastodon/web-x]: [CrashLoopBackOff] back-off 10s\ncontainer "puma" terminated at 2026-01-01T00:00:00Z (Error: exit code 1)\nno such key',
    );
  });

  test("why no node takes it", () => {
    const conditions = [
      { type: "PodScheduled", status: "False", reason: "Unschedulable", message: "0/3 nodes" },
    ];
    expect(podWords("mastodon/web-x", pod({ conditions }))).toBe("0/3 nodes");
  });

  test.each<[string, Status]>([
    ["is ready", ready("True", "")],
    ["is through", { phase: "Succeeded", ...ready("False", "PodCompleted") }],
    ["has no condition yet", {}],
  ])("nothing of one that %s", (_what, status) => {
    expect(podWords("mastodon/web-x", pod(status))).toBeUndefined();
  });
});
