import { expect, test } from "vitest";
import type { Operation, StateResource } from "../../engine/operation.ts";
import { timelineOf } from "../../timeline/update-timeline.ts";

const urn = (type: string, name: string): string => `urn:pulumi:prod::mastodon::${type}::${name}`;
const CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster";
const PROVIDER = "pulumi:providers:kubernetes";
const DEPLOYMENT = "kubernetes:apps/v1:Deployment";

const resource = (
  type: string,
  name: string,
  more: Partial<StateResource> = {},
): StateResource => ({ urn: urn(type, name), type, custom: true, ...more });
const update = (...urns: readonly string[]): Operation => ({
  kind: "up",
  seconds: 1,
  steps: urns.map((u) => ({
    op: "create",
    urn: u,
    type: "",
    startedAtMs: 0,
    endedAtMs: 1,
    failed: false,
  })),
  counts: {},
  diagnostics: [],
  warned: [],
  failure: undefined,
});

const resources = [
  resource(CLUSTER, "cluster"),
  resource(PROVIDER, "k8s", { dependencies: [urn(CLUSTER, "cluster")] }),
  resource(DEPLOYMENT, "web", { provider: `${urn(PROVIDER, "k8s")}::some-id` }),
];
const clouds = new Map([[urn(CLUSTER, "cluster"), { seconds: 360, source: "somebody" }]]);

test("a workload waits for the cluster behind its provider, or the rebuild looks shorter than it is", () => {
  const timeline = timelineOf(update(...resources.map((r) => r.urn)), resources, clouds);
  expect(timeline.totalSeconds).toBe(420);
  expect(timeline.criticalPath.map((t) => t.label)).toEqual([
    "KubernetesCluster cluster",
    "Deployment web",
  ]);
});

test("what was there already costs no time", () => {
  const timeline = timelineOf(update(urn(DEPLOYMENT, "web")), resources, clouds);
  expect(timeline.totalSeconds).toBe(60);
});

test("a workload waits for the cluster through a provider that stays as it is", () => {
  const [cluster, , web] = resources.map((each) => each.urn);
  expect(timelineOf(update(cluster!, web!), resources, clouds).totalSeconds).toBe(420);
});

test("a child waits for what its component waits for, part by part, or the release looks shorter than it is", () => {
  const JOB = "kubernetes:batch/v1:Job";
  const COMPONENT = "mastodon:k8s:Migration";
  const release = [
    resource(COMPONENT, "schema", { custom: false }),
    resource(JOB, "migrate", { parent: urn(COMPONENT, "schema") }),
    resource(COMPONENT, "web", { custom: false, dependencies: [urn(COMPONENT, "schema")] }),
    resource(DEPLOYMENT, "puma", { parent: urn(COMPONENT, "web") }),
  ];
  const timeline = timelineOf(update(...release.map((r) => r.urn)), release, clouds);
  expect(timeline.criticalPath.map((t) => t.label)).toEqual(["Job migrate", "Deployment puma"]);
});

test("the pauses between the pods of a rollout count, or a slow one looks quick; where all pods are new there is one", () => {
  const slow = resource(DEPLOYMENT, "streaming", {
    inputs: { spec: { minReadySeconds: 30, replicas: 3 } },
  });
  const created = update(slow.urn);
  const rolled = {
    ...created,
    steps: created.steps.map((step) => ({ ...step, op: "update" as const })),
  };
  expect(timelineOf(created, [slow], clouds).totalSeconds).toBe(60 + 30);
  expect(timelineOf(rolled, [slow], clouds).totalSeconds).toBe(60 + 3 * 30);
});
