import { expect, test } from "vitest";
import { planStack } from "../../plan/plan-stack.ts";
import { restrictedPods } from "../../policy/rules/restricted-pods.ts";
import { services } from "../../policy/rules/services.ts";
import { faultsOf } from "../policy/resources.ts";
import { ofType, podsOf, templateOf } from "./views.ts";

const plan = await planStack();
const pods = podsOf(plan);
const containers = pods.flatMap(({ name, containers }) =>
  containers.map((container) => [`${name}/${container.name}`, container] as const),
);

test("every kind of pod of the server is in the plan, so that none escapes the checks below", () => {
  expect(pods.map(({ name, kind }) => `${kind} ${name}`).sort()).toEqual([
    "CronJob upkeep-profiles",
    "Deployment assets",
    "Deployment connector",
    "Deployment metrics-server",
    "Deployment sidekiq-default",
    "Deployment sidekiq-federation",
    "Deployment sidekiq-scheduler",
    "Deployment streaming",
    "Deployment web",
    "Job database-grants",
    "Job migrate-post-deployment",
    "Job migrate-pre-deployment",
    "Job preflight",
    "Job rollout",
    "Job rollout-assets",
    "Job streaming-grants",
  ]);
});

/** Only these need access to the cluster's API. */
const ASKS_THE_CLUSTER = ["metrics-server", "rollout", "rollout-assets"];

test.each(pods.map((pod) => [pod.name, pod] as const))(
  "%s can't become root and holds no credential of the cluster",
  (name, { spec }) => {
    const asks = ASKS_THE_CLUSTER.includes(name);
    expect(spec).toMatchObject({
      // The steps of a release set the path and lifetime of their token.
      automountServiceAccountToken: name === "metrics-server",
      securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
    });
    // `runAsNonRoot` can't check an image's user by name, so the number is required.
    const { runAsUser } = spec["securityContext"] as { runAsUser: unknown };
    expect(runAsUser).toSatisfy((uid: unknown) => Number.isInteger(uid) && (uid as number) > 0);
    for (const shared of [
      "hostNetwork",
      "hostPID",
      "hostIPC",
      ...(asks ? [] : ["serviceAccountName"]),
    ])
      expect(spec).not.toHaveProperty(shared);
    const volumes = (spec["volumes"] ?? []) as Record<string, unknown>[];
    for (const { name, ...source } of volumes)
      expect(
        ["configMap", "secret", "emptyDir", ...(asks ? ["projected"] : [])],
        `volume ${String(name)}`,
      ).toContain(Object.keys(source).join());
  },
);

test("no container can gain privilege or write to its image", () => {
  expect(containers.length).toBeGreaterThan(15);
  expect(faultsOf(plan, { resource: [restrictedPods] })).toEqual([]);
});

test.each(containers)(
  "%s asks for what it needs and is stopped before it takes the node down",
  (_name, { resources }) => {
    for (const part of ["requests", "limits"] as const)
      expect(Object.keys(resources?.[part] ?? {}).sort(), part).toEqual(["cpu", "memory"]);
    for (const unit of ["cpu", "memory"])
      expect(quantity(resources?.limits?.[unit]), unit).toBeGreaterThanOrEqual(
        quantity(resources?.requests?.[unit]),
      );
  },
);

test.each(containers)("%s runs an exact image, the same tomorrow as today", (_name, { image }) => {
  expect(image).toMatch(
    /^[a-z0-9.-]+\.[a-z]+\/[a-z0-9/-]+:v?\d+\.\d+\.\d+[\w.-]*(@sha256:[0-9a-f]{64})?$|^[^:@]+:17\.\d+-alpine[\d.]+(@sha256:[0-9a-f]{64})?$/u,
  );
});

test("containers that wait on traffic say when they may have it", () => {
  const deaf = ofType(plan, "kubernetes:apps/v1:Deployment").flatMap(({ name, inputs }) =>
    (
      inputs as { spec: { template: { spec: { containers: Record<string, unknown>[] } } } }
    ).spec.template.spec.containers
      .filter(
        (container) =>
          container["readinessProbe"] === undefined || container["livenessProbe"] === undefined,
      )
      .map((container) => `${name}/${String(container["name"])}`),
  );
  expect(deaf).toEqual([]);
});

test("selectors hit their own pods only: Deployments that share one fight over pods, for ever", () => {
  type Spec = { spec: { selector: { matchLabels: Record<string, string> } } };
  const deployments = ofType(plan, "kubernetes:apps/v1:Deployment").map(
    ({ inputs }) => (inputs as unknown as Spec).spec,
  );
  const all = podsOf(plan).map(({ owner }) => templateOf(owner).metadata.labels);
  for (const { selector } of deployments)
    expect(
      all.filter((labels) =>
        Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value),
      ),
    ).toHaveLength(1);
});

test("each Service finds pods, and a port of that name in them", () => {
  expect(ofType(plan, "kubernetes:core/v1:Service").length).toBeGreaterThan(3);
  expect(faultsOf(plan, { stack: [services] })).toEqual([]);
});

/** A Kubernetes quantity as a number of cores or bytes. */
function quantity(text: string | undefined): number {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)(m|Mi|Gi)?$/u.exec(text ?? "") ?? [];
  if (digits === undefined) throw new Error(`"${text}" is no quantity.`);
  return (
    Number(digits) * { "": 1, m: 1e-3, Mi: 2 ** 20, Gi: 2 ** 30 }[unit as "" | "m" | "Mi" | "Gi"]
  );
}
