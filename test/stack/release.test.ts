import { expect, test } from "vitest";
import { PRIORITIES } from "../../domain/priorities.ts";
import { IMAGES } from "../../config/images.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { comesBefore, madeOf, ofType, theResource } from "./views.ts";
import { MASTODON_VERSION } from "../../domain/rehearsed.ts";
import { FIXTURE_RELEASE } from "../fixture-release.ts";

const plan = await planStack();

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const JOB = "kubernetes:batch/v1:Job";
const DNS = "cloudflare:index/dnsRecord:DnsRecord";

const SERVING = ["web", "streaming", "sidekiq-default", "sidekiq-federation", "sidekiq-scheduler"];

/** Each line: what must exist first, and what may come only after it. */
const ORDER: readonly (readonly [
  first: readonly [string, string],
  then: readonly [string, string],
])[] = [
  [
    ["kubernetes:networking.k8s.io/v1:NetworkPolicy", "network-default-deny"],
    [JOB, "preflight"],
  ],
  [
    [JOB, "preflight"],
    [JOB, "database-grants"],
  ],
  [
    [JOB, "preflight"],
    [DEPLOYMENT, "assets"],
  ],
  [
    [JOB, "database-grants"],
    [JOB, "migrate-pre-deployment"],
  ],
  [
    [JOB, "migrate-pre-deployment"],
    [JOB, "streaming-grants"],
  ],
  ...SERVING.map(
    (name) =>
      [
        [JOB, "streaming-grants"],
        [DEPLOYMENT, name],
      ] as const,
  ),
  [
    ["digitalocean:index/databaseConnectionPool:DatabaseConnectionPool", "postgres-pool"],
    [JOB, "preflight"],
  ],
  [
    [DEPLOYMENT, "assets"],
    [JOB, "rollout-assets"],
  ],
  ...SERVING.map(
    (name) =>
      [
        [JOB, "rollout-assets"],
        [DEPLOYMENT, name],
      ] as const,
  ),
  ...SERVING.map(
    (name) =>
      [
        [JOB, "migrate-pre-deployment"],
        [DEPLOYMENT, name],
      ] as const,
  ),
  ...[...SERVING, "connector"].map(
    (name) =>
      [
        [DEPLOYMENT, name],
        [JOB, "rollout"],
      ] as const,
  ),
  [
    [JOB, "rollout"],
    [JOB, "migrate-post-deployment"],
  ],
  ...["edge-example.social", "edge-streaming.example.social", "edge-assets.example.social"].flatMap(
    (record) => [
      [
        [JOB, "migrate-post-deployment"],
        [DNS, record],
      ] as const,
      [
        [DEPLOYMENT, "assets"],
        [DNS, record],
      ] as const,
      [
        [DEPLOYMENT, "connector"],
        [DNS, record],
      ] as const,
    ],
  ),
  [
    ["digitalocean:index/databaseFirewall:DatabaseFirewall", "postgres-firewall"],
    ["digitalocean:index/databaseDb:DatabaseDb", "postgres-database"],
  ],
  [
    ["digitalocean:index/kubernetesNodePool:KubernetesNodePool", "cluster-workloads"],
    ["kubernetes:core/v1:Namespace", "namespace"],
  ],
];

test.each(ORDER.map(([first, then]) => [first[1], then[1], first, then] as const))(
  "%s is done before %s",
  (_first, _then, first, then) => {
    const before = comesBefore(plan, theResource(plan, ...then));
    expect(before).toContain(theResource(plan, ...first).urn);
  },
);

interface JobSpec {
  readonly backoffLimit: number;
  readonly activeDeadlineSeconds: number;
  readonly ttlSecondsAfterFinished?: number;
  readonly podFailurePolicy: unknown;
  readonly template: {
    readonly spec: {
      readonly restartPolicy: string;
      readonly priorityClassName: string;
      readonly containers: readonly {
        readonly image: string;
        readonly args?: readonly string[];
        readonly terminationMessagePolicy: string;
      }[];
    };
  };
}
const STEPS = [
  "preflight",
  "database-grants",
  "migrate-pre-deployment",
  "streaming-grants",
  "rollout-assets",
  "rollout",
  "migrate-post-deployment",
];

test.each(STEPS)("%s ends, by itself or by its deadline, and says its last lines", (name) => {
  const { inputs, createTimeout } = theResource(plan, JOB, name);
  const spec = inputs["spec"] as JobSpec;
  expect(spec).toMatchObject({
    // An operator must look at a failure; a pod that a drain evicted is recreated.
    backoffLimit: 0,
    podFailurePolicy: {
      rules: [
        { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
      ],
    },
  });
  // The update must still wait when the deadline passes. The provider's default is ten minutes.
  const waits = createTimeout === "" ? 600 : Number.parseInt(createTimeout, 10);
  expect(spec.activeDeadlineSeconds).toBeLessThanOrEqual(waits);
  // The next refresh would create, and run, a Job that was deleted.
  expect(spec.ttlSecondsAfterFinished).toBeUndefined();
  expect(spec.template.spec).toMatchObject({
    restartPolicy: "Never",
    priorityClassName: PRIORITIES.release.name,
    containers: [{ terminationMessagePolicy: "FallbackToLogsOnError" }],
  });
});

test("a step that failed is made anew by the next update, under another name: the old one can't be changed", () => {
  for (const name of STEPS)
    expect(theResource(plan, JOB, name).inputs["metadata"]).toEqual({
      namespace: "mastodon",
      labels: expect.any(Object) as unknown,
      annotations: { "pulumi.com/replaceUnready": "true" },
    });
});

test("another image makes every step of the release anew, and the same one none", async () => {
  const other = `ghcr.io/example/fork:${FIXTURE_RELEASE}`;
  const images = { ...IMAGES, mastodon: other };
  const forked = await planStack(undefined, { release: { images, previousImage: undefined } });
  for (const name of STEPS.filter((step) => !step.endsWith("-grants"))) {
    const { template } = theResource(forked, JOB, name).inputs["spec"] as JobSpec;
    expect(template.spec.containers[0]?.image, name).toBe(other);
  }
  // A migration may have recreated a table, and its grants are lost with the old one.
  expect(
    theResource(forked, "kubernetes:core/v1:ConfigMap", "streaming-grants-environment").inputs,
  ).toHaveProperty("data.RELEASE", other);
  // The schema does not depend on a version of Mastodon.
  expect(theResource(forked, JOB, "database-grants").inputs).toEqual(
    theResource(plan, JOB, "database-grants").inputs,
  );
});

test("post-deployment migrations are skipped before the rollout alone, and never on an empty database, which Mastodon refuses", () => {
  const script = (name: string): string => {
    const { template } = theResource(plan, JOB, name).inputs["spec"] as JobSpec;
    return template.spec.containers[0]?.args?.at(-1) ?? "";
  };
  const skipping = script("migrate-pre-deployment")
    .split("\n")
    .filter((line) => line.includes("SKIP_POST_DEPLOYMENT_MIGRATIONS"));
  expect(skipping.length).toBeGreaterThan(0);
  for (const line of skipping)
    expect(line).toMatch(
      /SKIP_POST_DEPLOYMENT_MIGRATIONS=true bundle exec rails db:migrate(?: ;;)?$/u,
    );
  expect(script("migrate-pre-deployment")).toMatch(/empty\) bundle exec rails db:prepare ;;/u);
  expect(script("migrate-post-deployment")).not.toContain("SKIP");
  // Kubernetes would substitute a variable of this name.
  for (const name of STEPS.filter((step) => !step.endsWith("-grants")))
    expect(script(name)).not.toMatch(/\$\([A-Za-z_][\w.-]*\)/u);
});

test("what the stack says of what runs is known when the last step is through, and unknown in a preview", async () => {
  expect(plan.outputs["running"]).toMatchObject({
    mastodonVersion: MASTODON_VERSION,
    mastodonImage: IMAGES.mastodon,
  });
  const preview = await planStack(undefined, { preview: true });
  expect(preview.outputs["running"]).toBeUndefined();
});

test("nothing of the server waits for what comes after it", () => {
  for (const [first, then] of ORDER)
    expect(comesBefore(plan, theResource(plan, ...first))).not.toContain(
      theResource(plan, ...then).urn,
    );
});

test("no DNS record holds a value of the cluster: a rebuilt cluster must not move a record", () => {
  for (const record of ofType(plan, DNS)) {
    const sources = plan.resources.filter(({ urn }) => madeOf(plan, record).has(urn));
    // All sources except the hosts' depend only on the configuration.
    expect(sources.map(({ type }) => type)).toEqual(
      record.inputs["type"] === "CNAME"
        ? ["cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared"]
        : [],
    );
  }
});

test("the firewalls admit a tag, not a cluster: they close before there is one", () => {
  for (const firewall of ofType(plan, "digitalocean:index/databaseFirewall:DatabaseFirewall")) {
    const sources = plan.resources.filter(({ urn }) => madeOf(plan, firewall).has(urn));
    expect(sources.map(({ type }) => type)).not.toContain(
      "digitalocean:index/kubernetesCluster:KubernetesCluster",
    );
    expect(firewall.inputs["rules"]).toEqual([{ type: "tag", value: "network-nodes-0a1b2c3" }]);
  }
});

/** Objects without a namespace. The priority classes precede the server's pods, which use them. */
const CLUSTER_WIDE = [
  "kubernetes:core/v1:Namespace",
  "kubernetes:scheduling.k8s.io/v1:PriorityClass",
];
/** Objects that the cluster has once, outside the server's namespace. */
function ofTheCluster(name: string): boolean {
  return name === "metrics-server" || name.startsWith("metrics-server-");
}

test("every Kubernetes object goes to our cluster, in our namespace: never to whatever kubectl points at", () => {
  const provider = theResource(plan, "pulumi:providers:kubernetes", "cluster-kubernetes");
  const objects = plan.resources.filter(({ type }) => type.startsWith("kubernetes:"));
  expect(objects.length).toBeGreaterThan(20);
  for (const { name, type, provider: used, inputs } of objects) {
    expect(used, name).toBe(`${provider.urn}::id-of-cluster-kubernetes`);
    if (!CLUSTER_WIDE.includes(type) && !ofTheCluster(name))
      expect(inputs["metadata"], name).toMatchObject({ namespace: "mastodon" });
  }
});

test("everything in the namespace waits for the namespace", () => {
  const { urn } = theResource(plan, "kubernetes:core/v1:Namespace", "namespace");
  const early = plan.resources.filter(
    (resource) =>
      resource.type.startsWith("kubernetes:") &&
      !CLUSTER_WIDE.includes(resource.type) &&
      !ofTheCluster(resource.name) &&
      !comesBefore(plan, resource).has(urn),
  );
  expect(early.map(({ name }) => name)).toEqual([]);
});
