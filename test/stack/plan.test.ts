import { expect, test } from "vitest";
import { LOOK_FUNCTIONS } from "../../plan/look-answers.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { textsOf, theResource } from "./views.ts";

const plan = await planStack();
const preview = await planStack(undefined, { preview: true });

test("exactly these resources hold what can't be made again, and are protected", () => {
  expect(
    plan.resources
      .filter((each) => each.protect)
      .map(({ name }) => name)
      .sort(),
  ).toEqual([
    "media-r2-bucket",
    "network-vpc",
    "postgres-application",
    "postgres-cluster",
    "postgres-database",
    "tunnel-tunnel",
    "valkey-cluster",
  ]);
});

test("a preview shows every resource: one made inside an apply would only come up in the update", () => {
  const set = (resources: typeof plan.resources): string[] =>
    resources.map(({ type, name }) => `${type} ${name}`).sort();
  expect(set(preview.resources)).toEqual(set(plan.resources));
});

test("outputs are really unknown in a preview, or the comparison above would compare nothing", () => {
  const job = theResource(preview, "kubernetes:core/v1:ConfigMap", "environment-direct");
  expect(JSON.stringify(job.inputs)).not.toContain("25060");
  const beyondTheLook = (of: Plan): readonly string[] =>
    of.called.filter((token) => !LOOK_FUNCTIONS.includes(token));
  expect(beyondTheLook(preview)).toEqual([]);
  expect(beyondTheLook(plan)).toEqual(["digitalocean:index/getDatabaseCa:getDatabaseCa"]);
});

test("no input holds the text that an Output in a template literal becomes, nor other lost values", () => {
  const lost = [...plan.resources, ...preview.resources].flatMap(({ name, inputs }) =>
    [...textsOf(inputs, { secrets: true })]
      .filter(({ text }) =>
        /Calling \[to(String|JSON)\]|\[object |\bundefined\b|\bNaN\b/u.test(text),
      )
      .map(({ path, text }) => `${name}${path}: ${text.slice(0, 60)}`),
  );
  expect(lost).toEqual([]);
});

test("exactly so many of each type: a second one of any is a bill or an outage", () => {
  const counts: Record<string, number> = {};
  for (const { type } of plan.resources) counts[type] = (counts[type] ?? 0) + 1;
  expect(counts).toEqual({
    "pulumi:pulumi:Stack": 1,
    "mastodon:infra:Network": 1,
    "mastodon:infra:Cluster": 1,
    "mastodon:infra:Postgres": 1,
    "mastodon:infra:Valkey": 1,
    "mastodon:infra:Project": 1,
    "mastodon:infra:DatabaseAlerts": 1,
    "mastodon:infra:Uptime": 1,
    "mastodon:k8s:Environment": 1,
    "mastodon:k8s:Preflight": 1,
    "mastodon:k8s:DatabaseGrants": 1,
    "mastodon:k8s:StreamingGrants": 1,
    "mastodon:k8s:Migration": 2,
    "mastodon:k8s:Web": 1,
    "mastodon:k8s:Streaming": 1,
    "mastodon:k8s:Sidekiq": 3,
    "mastodon:k8s:Assets": 1,
    "mastodon:k8s:MetricsServer": 1,
    "mastodon:k8s:Upkeep": 1,
    "mastodon:k8s:Connector": 1,
    "mastodon:k8s:RolloutAccess": 1,
    "mastodon:k8s:Rollout": 2,
    "mastodon:k8s:NetworkPolicies": 1,
    "mastodon:k8s:NamespaceLimits": 1,
    "mastodon:cdn:Tunnel": 1,
    "mastodon:cdn:Edge": 1,
    "mastodon:cdn:R2Media": 1,
    "cloudflare:index/r2Bucket:R2Bucket": 1,
    "cloudflare:index/r2CustomDomain:R2CustomDomain": 1,
    "cloudflare:index/r2BucketCors:R2BucketCors": 1,
    "cloudflare:index/r2BucketLifecycle:R2BucketLifecycle": 1,
    "cloudflare:index/accountToken:AccountToken": 1,
    "mastodon:cdn:ZoneSettings": 1,
    "mastodon:cdn:BotFightMode": 1,
    "mastodon:cdn:TieredCaching": 1,
    "mastodon:cdn:Rulesets": 1,
    "mastodon:cdn:Dns": 1,
    "digitalocean:index/vpc:Vpc": 1,
    "digitalocean:index/tag:Tag": 2,
    "digitalocean:index/kubernetesCluster:KubernetesCluster": 1,
    "digitalocean:index/kubernetesNodePool:KubernetesNodePool": 1,
    "digitalocean:index/databaseCluster:DatabaseCluster": 2,
    "digitalocean:index/databaseFirewall:DatabaseFirewall": 2,
    "digitalocean:index/databasePostgresqlConfig:DatabasePostgresqlConfig": 1,
    "digitalocean:index/databaseDb:DatabaseDb": 1,
    "digitalocean:index/databaseUser:DatabaseUser": 2,
    "digitalocean:index/databaseValkeyConfig:DatabaseValkeyConfig": 1,
    "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool": 1,
    "digitalocean:index/project:Project": 1,
    "digitalocean:index/projectResources:ProjectResources": 1,
    "digitalocean:index/uptimeCheck:UptimeCheck": 3,
    "digitalocean:index/uptimeAlert:UptimeAlert": 7,
    "digitalocean:index/monitorAlert:MonitorAlert": 6,
    "pulumi:providers:kubernetes": 1,
    "kubernetes:core/v1:Namespace": 1,
    "kubernetes:core/v1:ResourceQuota": 1,
    "kubernetes:core/v1:LimitRange": 1,
    "kubernetes:scheduling.k8s.io/v1:PriorityClass": 4,
    "kubernetes:core/v1:ConfigMap": 7,
    "kubernetes:core/v1:Secret": 7,
    "kubernetes:core/v1:Service": 4,
    "kubernetes:core/v1:ServiceAccount": 2,
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": 2,
    "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": 2,
    "kubernetes:rbac.authorization.k8s.io/v1:Role": 1,
    "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": 2,
    "kubernetes:apiregistration.k8s.io/v1:APIService": 1,
    "kubernetes:apps/v1:Deployment": 8,
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": 1,
    "kubernetes:batch/v1:Job": 7,
    "kubernetes:networking.k8s.io/v1:NetworkPolicy": 12,
    "kubernetes:policy/v1:PodDisruptionBudget": 7,
    "kubernetes:batch/v1:CronJob": 1,
    "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared": 1,
    "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig": 1,
    "cloudflare:index/dnsRecord:DnsRecord": 9,
    "cloudflare:index/ruleset:Ruleset": 6,
    "cloudflare:index/zoneSetting:ZoneSetting": 15,
    "cloudflare:index/botManagement:BotManagement": 1,
    "cloudflare:index/argoTieredCaching:ArgoTieredCaching": 1,
    "cloudflare:index/tieredCache:TieredCache": 1,
  });
});

test("a lower version of DOKS than the one that runs does not replace the cluster", () => {
  const cluster = theResource(
    plan,
    "digitalocean:index/kubernetesCluster:KubernetesCluster",
    "cluster-doks",
  );
  expect(cluster.ignoreChanges).toEqual(["version"]);
});

test("a create that takes DigitalOcean an hour is waited for: given up, it is billed and in no state", () => {
  for (const [type, name] of [
    ["digitalocean:index/kubernetesCluster:KubernetesCluster", "cluster-doks"],
    ["digitalocean:index/databaseCluster:DatabaseCluster", "postgres-cluster"],
    ["digitalocean:index/databaseCluster:DatabaseCluster", "valkey-cluster"],
  ] as const)
    expect(theResource(plan, type, name).createTimeout).toBe("60m");
});

test("the successor of a record or ruleset waits until its name is free: Cloudflare refuses a second one", () => {
  for (const each of plan.resources.filter(({ type }) => /DnsRecord$|Ruleset$/u.test(type)))
    expect(each.deleteBeforeReplace, each.name).toBe(true);
});

test("the cluster and the node pool keep no name of their own, so a successor can come up beside them", () => {
  const pool = theResource(
    plan,
    "digitalocean:index/kubernetesNodePool:KubernetesNodePool",
    "cluster-workloads",
  );
  expect(Object.keys(pool.inputs)).not.toContain("name");
});

test("every node has the tag that the databases' firewalls admit: one without it would run pods that reach nothing", () => {
  const cluster = theResource(
    plan,
    "digitalocean:index/kubernetesCluster:KubernetesCluster",
    "cluster-doks",
  );
  const pool = theResource(
    plan,
    "digitalocean:index/kubernetesNodePool:KubernetesNodePool",
    "cluster-workloads",
  );
  expect(cluster.inputs["nodePool"]).toMatchObject({ tags: ["network-nodes-0a1b2c3"] });
  expect(pool.inputs["tags"]).toEqual(["network-nodes-0a1b2c3"]);
});

test("a plan takes some hundredths of a second, so that every test can have its own", async () => {
  const took: number[] = [];
  for (let run = 0; run < 5; run++) {
    const started = process.threadCpuUsage();
    await planStack();
    const { user, system } = process.threadCpuUsage(started);
    took.push((user + system) / 1_000);
  }
  const best = Math.min(...took);
  console.log(`plan of ${plan.resources.length} resources: ${Math.round(best)} ms at best of 5`);
  // Several times the usual duration. It is this thread's CPU time, because wall time would also
  // count other users of the machine.
  expect(best).toBeLessThan(500);
});

test("the program is refused a cloud that nobody wrote an answer for, instead of being answered with nothing", async () => {
  const { functionAnswer, resourceAnswer } = await import("../../plan/answers.ts");
  expect(() =>
    functionAnswer({ token: "digitalocean:index/getAccount:getAccount", inputs: {} }),
  ).toThrow(
    "The plan in memory has no answer for the function digitalocean:index/getAccount:getAccount. Add it to plan/answers.ts.",
  );
  expect(() =>
    resourceAnswer(
      { type: "digitalocean:index/droplet:Droplet", name: "x", inputs: {}, custom: true },
      false,
    ),
  ).toThrow("no answer for the resource x of type digitalocean:index/droplet:Droplet");
});
