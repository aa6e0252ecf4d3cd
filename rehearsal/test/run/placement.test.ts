import { expect, test } from "vitest";
import type { CoreV1Api, V1Pod } from "@kubernetes/client-node";
import { checkPlacement, checkQuotaBites, type ClusterSnapshot } from "../../checks/placement.ts";

const pod = (name: string, nodeName: string | undefined, phase: string): V1Pod => ({
  metadata: { name },
  spec: { containers: [], ...(nodeName === undefined ? {} : { nodeName }) },
  status: { phase },
});
const snapshot = (change: Partial<ClusterSnapshot> = {}): ClusterSnapshot => ({
  nodes: [{ metadata: { name: "pool-a" } }],
  pods: [pod("web", "pool-a", "Running"), pod("migrate", "pool-a", "Succeeded")],
  warnings: [],
  ...change,
});
const failures = (s: ClusterSnapshot, nodes = 1): readonly string[] =>
  checkPlacement(s, nodes)
    .filter(({ passed }) => !passed)
    .map(({ detail }) => detail);

test("a cluster as paid for, with all pods placed, passes", () => {
  expect(failures(snapshot())).toEqual([]);
});

test.each([
  [
    "a pod that fits on no node",
    snapshot({ pods: [pod("web", undefined, "Pending")] }),
    ["web is on no node; web is Pending"],
  ],
  [
    "a pod on a node that is gone",
    snapshot({ pods: [pod("web", "pool-b", "Running")] }),
    ["web is on no node"],
  ],
  ["a cluster without pods", snapshot({ pods: [] }), ["there is no pod at all"]],
  [
    "a pod that Pod Security refused",
    snapshot({ warnings: [{ reason: "FailedCreate", message: "violates PodSecurity" }] }),
    ["FailedCreate: violates PodSecurity"],
  ],
])("%s fails the check", (_name, s, expected) => {
  expect(failures(s)).toEqual(expected);
});

test("a node that nobody paid for, or that is missing, fails the check", () => {
  expect(failures(snapshot(), 2)).toEqual(["1 nodes instead of 2"]);
});

/** An API that admits a Service, or returns this answer. */
function servicesApi(answer?: string): CoreV1Api {
  return {
    createNamespacedService: () =>
      answer === undefined ? Promise.resolve({}) : Promise.reject(new Error(answer)),
  } as unknown as CoreV1Api;
}

test.each([
  [
    "is refused by the quota",
    "exceeded quota: limits-quota, requested: services.nodeports=1",
    true,
  ],
  ["is admitted", undefined, false],
  ["is refused for another reason, which would hide that the quota is gone", "Forbidden", false],
])("a load balancer that %s", async (_what, answer, passed) => {
  expect(await checkQuotaBites(servicesApi(answer), "mastodon")).toMatchObject({ passed });
});
