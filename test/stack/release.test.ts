import { expect, test } from "vitest";
import { planStack } from "../../rehearsal/plan/plan-stack.ts";
import { comesBefore, madeOf, ofType, theResource } from "./views.ts";

const plan = await planStack();

const DEPLOYMENT = "kubernetes:apps/v1:Deployment";
const JOB = "kubernetes:batch/v1:Job";
const DNS = "cloudflare:index/dnsRecord:DnsRecord";

const SERVING = ["web", "streaming", "sidekiq-default", "sidekiq-federation", "sidekiq-scheduler"];

/** Each line: what has to be there first, and what may come only then. */
const ORDER: readonly (readonly [
  first: readonly [string, string],
  then: readonly [string, string],
])[] = [
  [
    [JOB, "database-grants"],
    [JOB, "migrate-pre-deployment"],
  ],
  ...SERVING.map(
    (name) =>
      [
        [JOB, "migrate-pre-deployment"],
        [DEPLOYMENT, name],
      ] as const,
  ),
  ...SERVING.map(
    (name) =>
      [
        [DEPLOYMENT, name],
        [JOB, "migrate-post-deployment"],
      ] as const,
  ),
  ...["edge-web", "edge-streaming", "edge-assets"].flatMap((record) => [
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
  ]),
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

test("nothing of the server waits for what comes after it", () => {
  for (const [first, then] of ORDER)
    expect(comesBefore(plan, theResource(plan, ...first))).not.toContain(
      theResource(plan, ...then).urn,
    );
});

test("no DNS record holds a value of the cluster: a rebuilt cluster must not move a record", () => {
  for (const record of ofType(plan, DNS)) {
    const sources = plan.resources.filter(({ urn }) => madeOf(plan, record).has(urn));
    // Others than the hosts' are made of the config alone.
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

/** What stands in no namespace; the classes of priority come before ours, for its pods are of them. */
const CLUSTER_WIDE = [
  "kubernetes:core/v1:Namespace",
  "kubernetes:scheduling.k8s.io/v1:PriorityClass",
];
/** What the cluster has once, outside of our namespace. */
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
