import { expect, test } from "vitest";
import { EVERY_QUEUE } from "../../facts/mastodon/minors.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { parseConfig } from "../../input/parse.ts";
import { readStackFile } from "../../plan/stack-file.ts";
import { ofType, podsOf } from "./views.ts";

const plan = await planStack();

interface Deployment {
  readonly spec: { readonly replicas: number; readonly strategy: { readonly type?: string } };
}

const groups = podsOf(plan)
  .filter(({ containers }) => containers.some(({ args }) => args?.includes("sidekiq") === true))
  .map(({ name, owner, containers }) => {
    const args =
      containers.find((container) => container.args?.includes("sidekiq") === true)?.args ?? [];
    return {
      name,
      deployment: (owner.inputs as unknown as Deployment).spec,
      queues: args.flatMap((arg, at) => (args[at - 1] === "-q" ? [arg.replace(/,\d+$/u, "")] : [])),
    };
  });

test("each of the seven queues is worked by exactly one Deployment: an unworked one keeps its jobs for ever", () => {
  expect(EVERY_QUEUE).toHaveLength(7);
  expect(groups.flatMap(({ queues }) => queues).sort()).toEqual([...EVERY_QUEUE].sort());
});

test("periodic jobs run once: the scheduler is alone, has one replica, and never overlaps its successor", () => {
  const schedulers = groups.filter(({ queues }) => queues.includes("scheduler"));
  expect(schedulers).toHaveLength(1);
  expect(schedulers[0]).toMatchObject({
    queues: ["scheduler"],
    deployment: { replicas: 1, strategy: { type: "Recreate" } },
  });
});

const LARGE = {
  ...readStackFile(),
  profile: "large",
  metrics: { namespace: "monitoring" },
  cluster: {
    version: "1.35.1-do.6",
    keda: { prometheusUrl: "http://prometheus-operated.monitoring.svc:9090" },
  },
};

test("where the cluster has KEDA, groups of more than one pod are held and grow by lateness and backlog, and the scheduler never", async () => {
  const scaled = ofType(await planStack(LARGE), "kubernetes:keda.sh/v1alpha1:ScaledObject");
  const { sidekiq } = parseConfig(LARGE);
  const growing = sidekiq.filter(({ maxReplicas }) => maxReplicas > 1);
  expect(scaled.map(({ name }) => name).sort()).toEqual(
    growing.map(({ name }) => `sidekiq-${name}-queue-autoscaler`).sort(),
  );
  expect(growing.length).toBeGreaterThan(0);
  for (const { name, replicas, maxReplicas, queues, concurrency } of growing) {
    expect(queues).not.toContain("scheduler");
    const { spec } = scaled.find((each) => each.name === `sidekiq-${name}-queue-autoscaler`)!
      .inputs as unknown as ScaledObject;
    expect(spec).toMatchObject({
      minReplicaCount: replicas,
      maxReplicaCount: maxReplicas,
      // Missing metrics remove no pod.
      fallback: { failureThreshold: 3, replicas, behavior: "currentReplicasIfHigher" },
    });
    for (const { type, metricType, metadata } of spec.triggers) {
      expect([type, metricType]).toEqual(["prometheus", "AverageValue"]);
      expect(metadata.ignoreNullValues).toBe("false");
      expect(metadata.serverAddress).toBe("http://prometheus-operated.monitoring.svc:9090");
    }
    expect(spec.triggers.at(-1)?.metadata.threshold).toBe(String(concurrency * 40));
    const asked = spec.triggers
      .slice(0, -1)
      .flatMap(({ metadata }) =>
        (/queue=~"([a-z|]+)"/u.exec(metadata.query)?.[1] ?? "").split("|"),
      );
    expect(asked.sort()).toEqual([...queues].sort());
  }
  // One autoscaler for each, because two would conflict.
  const byCpu = ofType(
    await planStack(LARGE),
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
  ).map(({ name }) => name);
  expect(byCpu).toEqual(["web-autoscaler"]);
});

test("a running job has its 25 seconds before the pod is killed, and some to close", () => {
  for (const { spec } of podsOf(plan).filter(({ name }) => name.startsWith("sidekiq-")))
    expect(spec["terminationGracePeriodSeconds"]).toBeGreaterThanOrEqual(60);
});

interface ScaledObject {
  readonly spec: {
    readonly triggers: readonly {
      readonly type: string;
      readonly metricType: string;
      readonly metadata: Readonly<
        Record<"serverAddress" | "query" | "threshold" | "ignoreNullValues", string>
      >;
    }[];
  };
}
