import { describe, expect, test } from "vitest";
import { namespaceCeiling } from "../../domain/capacity/namespace.ts";
import { workloadsOf } from "../../domain/capacity/pods.ts";
import { parseConfig } from "../../input/parse.ts";
import { PRIORITIES } from "../../domain/priorities.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { ofType, podsOf, theResource } from "./views.ts";

const plan = await planStack();
/**
 * Pods that run once in the cluster and outside the server's namespace have their own classes and
 * need no guard here.
 */
const OURS = podsOf(plan).filter(
  ({ name, kind }) => kind === "Deployment" && name !== "metrics-server",
);
const config = parseConfig(readStackFile());

describe("when room is short", () => {
  test("what serves goes before what works in the background: a queue can wait, a page can't", () => {
    const { serving, background, upkeep } = PRIORITIES;
    expect([serving.value, background.value, upkeep.value]).toEqual([1_000, 500, 100]);
    const classes = Object.fromEntries(
      OURS.map(({ name, spec }) => [name, spec["priorityClassName"]]),
    );
    expect(classes).toEqual({
      web: serving.name,
      streaming: serving.name,
      assets: serving.name,
      connector: serving.name,
      "sidekiq-default": background.name,
      "sidekiq-federation": background.name,
      "sidekiq-scheduler": background.name,
    });
  });

  test("no pod is of no class: it would be the first to be stopped, whatever it is in the middle of", () => {
    const byKind = { Job: PRIORITIES.release.name, CronJob: PRIORITIES.upkeep.name };
    const ours = OURS.map(({ name }) => name);
    const others = podsOf(plan).filter(({ name }) => !ours.includes(name));
    expect(others.map(({ kind }) => kind)).toEqual(expect.arrayContaining(["Job", "CronJob"]));
    for (const { name, kind, spec } of others)
      expect(spec["priorityClassName"], name).toBe(
        kind === "Deployment" ? "system-cluster-critical" : byKind[kind],
      );
  });

  test("every class that a pod is of exists before the namespace that the pod is in", () => {
    const namespace = theResource(plan, "kubernetes:core/v1:Namespace", "namespace");
    const classes = ofType(plan, "kubernetes:scheduling.k8s.io/v1:PriorityClass");
    for (const { urn } of classes) expect(namespace.dependencies).toContain(urn);
    const names = classes.map(({ inputs }) => (inputs["metadata"] as { name: string }).name);
    for (const { spec } of OURS) expect(names).toContain(spec["priorityClassName"]);
  });
});

describe("a node can be drained", () => {
  test("for each Deployment lets one of its pods go at a time, and one that is broken always", () => {
    const budgets = ofType(plan, "kubernetes:policy/v1:PodDisruptionBudget");
    const guarded = budgets.map(({ inputs }) => {
      const { spec } = inputs as {
        spec: {
          maxUnavailable: number;
          unhealthyPodEvictionPolicy: string;
          selector: { matchLabels: Record<string, string> };
        };
      };
      expect(spec.maxUnavailable).toBe(1);
      expect(spec.unhealthyPodEvictionPolicy).toBe("AlwaysAllow");
      return spec.selector.matchLabels["app.kubernetes.io/component"];
    });
    const components = OURS.map(({ owner }) => owner).map(
      ({ inputs }) =>
        (inputs["spec"] as { selector: { matchLabels: Record<string, string> } }).selector
          .matchLabels["app.kubernetes.io/component"],
    );
    expect(guarded.sort()).toEqual(components.sort());
  });
});

describe("a Job that multiplies takes no node from the server", () => {
  const { hard } = (
    theResource(plan, "kubernetes:core/v1:ResourceQuota", "limits-quota").inputs as {
      spec: { hard: Record<string, string> };
    }
  ).spec;

  test("the quota holds everything at its ceiling and in a rollout, and little more", () => {
    const most = workloadsOf(config).reduce(
      (sum, { maxReplicas, surge, each }) => sum + (maxReplicas + surge) * each.mib,
      0,
    );
    const { mib, pods } = namespaceCeiling(config);
    expect(mib).toBeGreaterThan(most);
    expect(mib).toBeLessThan(most * 2.5);
    expect(hard["requests.memory"]).toBe(`${mib}Mi`);
    expect(hard["pods"]).toBe(String(pods));
  });

  test("and nobody opens a second way in beside the tunnel", () => {
    expect([hard["services.loadbalancers"], hard["services.nodeports"]]).toEqual(["0", "0"]);
  });
});
