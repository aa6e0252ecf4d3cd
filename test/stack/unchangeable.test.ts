import { expect, test } from "vitest";
import { PROFILE_NAMES } from "../../config/keys/profile.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import type { PlannedResource } from "../../plan/recorder.ts";
import { EVERY_OPTION, OTHER_TRANSLATION } from "../config/every-option.ts";
import { ofType } from "./views.ts";

/**
 * Fields that an update can't change. For some the API server refuses, and the preview fails until
 * an operator reverts. For others the provider deletes the object before it creates it again.
 * Neither may depend on a key of the stack file.
 */

type Raw = Readonly<Record<string, unknown>>;

/** By type: paths that stay unchanged for the life of the object. */
const UNCHANGEABLE: Readonly<Record<string, readonly string[]>> = {
  // kubernetes/kubernetes `pkg/apis/scheduling/validation/validation.go`,
  // ValidatePriorityClassUpdate.
  "kubernetes:scheduling.k8s.io/v1:PriorityClass": ["value", "preemptionPolicy"],
  // The provider deletes it first: an outage (pulumi-kubernetes `provider/pkg/provider/diff.go`).
  "kubernetes:apps/v1:Deployment": ["spec.selector"],
  // A change of a Job's template or parallelism creates a new one. So does its `podFailurePolicy`,
  // because the program sets it.
  "kubernetes:batch/v1:Job": [
    "spec.completionMode",
    "spec.backoffLimitPerIndex",
    "spec.successPolicy",
    "spec.managedBy",
    "spec.selector",
  ],
  "kubernetes:core/v1:Service": ["spec.type", "spec.clusterIP", "spec.ipFamilyPolicy"],
  "kubernetes:core/v1:ConfigMap": ["immutable"],
  "kubernetes:core/v1:Secret": ["immutable", "type"],
  "kubernetes:core/v1:ResourceQuota": ["spec.scopes", "spec.scopeSelector"],
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": ["roleRef"],
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": ["roleRef"],
  "kubernetes:apiregistration.k8s.io/v1:APIService": ["spec.group", "spec.version"],
};

const KEDA = { prometheusUrl: "http://prometheus-operated.monitoring.svc:9090" };
const CLUSTER = { version: "1.35.1-do.6" };
const BARE: Raw = {
  domain: "example.social",
  webDomain: "example.social",
  region: "nyc3",
  cluster: CLUSTER,
  cloudflare: { accountId: "0".repeat(32), zoneId: "1".repeat(32) },
  profile: "medium",
};
const OTHERS: readonly Raw[] = [
  ...Object.entries(EVERY_OPTION).map(([key, value]) => ({ ...BARE, [key]: value })),
  ...PROFILE_NAMES.map((profile) => ({ ...BARE, profile })),
  { ...BARE, translation: OTHER_TRANSLATION },
  { ...BARE, media: { storage: "spaces" } },
  { ...BARE, media: { storage: "none" } },
  { ...BARE, metrics: EVERY_OPTION.metrics, cluster: { ...CLUSTER, keda: KEDA } },
  { ...BARE, cluster: { ...CLUSTER, metricsServer: "present" } },
  { ...BARE, observability: { prometheusRule: true, grafanaDashboard: true } },
  { ...BARE, upkeep: { enabled: false } },
  { ...BARE, stopped: ["web", "streaming", "sidekiq"] },
];

const bare = await planStack(BARE);
const others = await Promise.all(OTHERS.map((raw) => planStack(raw)));

const at = (inputs: unknown, path: string): unknown =>
  path.split(".").reduce<unknown>((value, key) => (value as Raw | undefined)?.[key], inputs);

/** Kind, namespace and name, if the program sets the name. A generated name is new each time. */
function identityOf({ type, inputs }: PlannedResource): string | undefined {
  const { namespace = "", name } = (inputs["metadata"] ?? {}) as Readonly<Record<string, string>>;
  return name === undefined ? undefined : `${type} ${namespace}/${name}`;
}

function objectsOf(plan: Plan): readonly PlannedResource[] {
  return plan.resources.filter(({ type }) => type.startsWith("kubernetes:"));
}

test("no key of the stack file changes what an update can't change", () => {
  const before = new Map(objectsOf(bare).map((one) => [one.urn, one]));
  let compared = 0;
  for (const plan of others)
    for (const now of objectsOf(plan)) {
      const was = before.get(now.urn);
      if (was === undefined || identityOf(was) !== identityOf(now)) continue;
      for (const path of UNCHANGEABLE[now.type] ?? []) {
        expect(at(now.inputs, path), `${now.name} ${path}`).toEqual(at(was.inputs, path));
        compared += 1;
      }
    }
  expect(compared).toBeGreaterThan(1_000);
});

test("no key gives an object to another part of the program: it would be made while it is still there, or deleted as the old one", () => {
  const owners = new Map<string, Set<string>>();
  for (const plan of [bare, ...others])
    for (const one of objectsOf(plan)) {
      const identity = identityOf(one);
      if (identity !== undefined)
        owners.set(identity, (owners.get(identity) ?? new Set()).add(one.urn));
    }
  expect(owners.size).toBeGreaterThan(20);
  expect([...owners].filter(([, urns]) => urns.size > 1)).toEqual([]);
});

test("what one commit may change and Kubernetes can't, makes a release's Job anew instead of a red preview", () => {
  for (const { name, inputs, replaceOnChanges } of ofType(bare, "kubernetes:batch/v1:Job")) {
    expect(at(inputs, "spec.podFailurePolicy"), name).toBeDefined();
    expect(replaceOnChanges, name).toEqual(["spec.podFailurePolicy"]);
    // A generated name: the new Job is created while the old one still exists.
    expect(at(inputs, "metadata.name"), name).toBeUndefined();
  }
});

test("nothing is said that would only bind: no address, no immutable data, no type that is the default", () => {
  const unset = ["Service", "ConfigMap", "Secret", "ResourceQuota"];
  for (const plan of [bare, ...others])
    for (const { type, name, inputs } of objectsOf(plan))
      if (unset.some((kind) => type.endsWith(`:${kind}`)))
        for (const path of UNCHANGEABLE[type]!)
          expect(at(inputs, path), `${name} ${path}`).toBeUndefined();
});
