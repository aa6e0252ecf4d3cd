import { describe, expect, test } from "vitest";
import { planStack } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";

interface Workload {
  readonly metadata: { readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly replicas?: number;
    readonly suspend?: boolean;
    readonly template?: {
      readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
    };
  };
}

/** Objects of a kind in a plan, by component. */
async function planned(type: string, more: object): Promise<ReadonlyMap<string, Workload>> {
  const plan = await planStack({ ...readStackFile(), ...more });
  return new Map(
    plan.resources
      .filter((resource) => resource.type === type)
      .map(({ inputs }) => inputs as unknown as Workload)
      .map((one) => [one.metadata.labels["app.kubernetes.io/component"] ?? "", one]),
  );
}

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const AUTOSCALER = "kubernetes:autoscaling/v2:HorizontalPodAutoscaler";
const JOB = "kubernetes:batch/v1:Job";
const postgresWith = (epoch: number): object => ({
  postgres: { ...(readStackFile()["postgres"] as object | undefined), origin: { epoch } },
});

describe("a server that is stopped for a restore", () => {
  test("has no pod that writes to the database, and no autoscaler that an empty Deployment would hold for ever; the way in stays", async () => {
    for (const profile of ["medium", "large"]) {
      const more = { profile, stopped: ["web", "streaming", "sidekiq"] };
      const deployments = await planned(DEPLOYMENT, more);
      for (const [component, { spec }] of deployments)
        if (/^(web|streaming|sidekiq-.*)$/u.test(component))
          expect(spec.replicas, component).toBe(0);
      for (const component of ["assets", "cloudflared"])
        expect(deployments.get(component)?.spec.replicas, component).toBeGreaterThan(0);
      expect([...(await planned(AUTOSCALER, more)).keys()]).toEqual([]);
      const { spec } = [...(await planned("kubernetes:batch/v1:CronJob", more)).values()][0]!;
      expect(spec.suspend).toBe(true);
    }
  });

  test("can serve again before its Sidekiq works: what waits in a stale world must not run before somebody looked", async () => {
    const deployments = await planned(DEPLOYMENT, { stopped: ["sidekiq"] });
    expect(deployments.get("web")?.spec.replicas).not.toBe(0);
    expect(deployments.get("streaming")?.spec.replicas).not.toBe(0);
    expect(deployments.get("sidekiq-default")?.spec.replicas).toBe(0);
  });
});

describe("another life of the database", () => {
  const annotationsOf = (jobs: ReadonlyMap<string, Workload>): Record<string, unknown> =>
    Object.fromEntries(
      [...jobs].map(([component, { spec }]) => [component, spec.template?.metadata.annotations]),
    );

  test("makes every Job of a release anew: a restored older schema is migrated, and streaming may read it", async () => {
    const jobs = annotationsOf(await planned(JOB, postgresWith(3)));
    expect(Object.keys(jobs).sort()).toEqual([
      "database-grants",
      "migrate-post-deployment",
      "migrate-pre-deployment",
      "preflight",
      "rollout",
      "rollout-assets",
      "streaming-grants",
    ]);
    for (const annotations of Object.values(jobs))
      expect(annotations).toEqual({ "mastodon/data-epoch": "3" });
  });

  test("leaves a first life's Jobs as they are", async () => {
    for (const annotations of Object.values(annotationsOf(await planned(JOB, {}))))
      expect(annotations).toBeUndefined();
  });
});
