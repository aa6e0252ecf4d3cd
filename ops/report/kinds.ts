import type { Level } from "./verdict.ts";

/**
 * Every type of resource in an operator's words: its noun, what is lost with it, and what members
 * notice if it is replaced or deleted. A type without a row has its Pulumi type as its noun, and a
 * test over the plans fails.
 */

/** Effect of a change on members. */
export interface Effect {
  readonly level: Level;
  /** Effect as members see it; unset: they see none. */
  readonly notice?: string;
  /** For how long, in words; unset: as long as the step takes. */
  readonly howLong?: string;
  /** The same in the report's first line; empty: not at all. Default: "for seconds". */
  readonly inLine?: string;
}

/** One type of resource. */
export interface Kind {
  readonly noun: (name: string) => string;
  /** Content that is lost with it; undefined: none. */
  readonly holds?: (name: string) => string | undefined;
  /** Deleted, without a successor. Default: {@link NOTHING}. */
  readonly deleted?: (name: string) => Effect;
  /** Deleted before its successor exists. Default: {@link NOTHING}. */
  readonly replaced?: (name: string) => Effect;
}

/** Members notice nothing. */
export const NOTHING: Effect = { level: 1 };

const AWAY = "until it is there again";

/** Away for the seconds between two API calls. */
function gap(notice: string): Effect {
  return { level: 3, notice, howLong: "seconds" };
}

/** Away for longer, or for good. */
function outage(notice: string, howLong = AWAY): Effect {
  return { level: 4, notice, howLong };
}

/** A noun with the rest of the name: `edge-example.social` → "DNS record example.social". */
function named(noun: string, prefix = ""): (name: string) => string {
  return (name) => `${noun} ${name.startsWith(prefix) ? name.slice(prefix.length) : name}`;
}

function always(noun: string): () => string {
  return () => noun;
}

/** Deployments that are not called what operators call them. */
const DEPLOYMENTS: Readonly<Record<string, string>> = {
  assets: "the server of static files",
  connector: "the tunnel's connector",
};

/** Whether members use a Deployment's pods, directly or by jobs. */
export function serves(name: string): boolean {
  return name !== "metrics-server";
}

/** Name of the database in a logical name: Postgres, Valkey, or the cache's Valkey. */
function databaseOf(name: string): string {
  if (name.startsWith("cache-")) return "the cache's Valkey";
  if (name.startsWith("valkey-")) return "Valkey";
  const [, number] = /^postgres-(\d+)-/u.exec(name) ?? [];
  return number === undefined ? "Postgres" : `Postgres ${number}`;
}

const ACCOUNTS = "all accounts and posts";

function heldByCluster(name: string): string | undefined {
  if (name.startsWith("cache-")) return undefined;
  return name.startsWith("valkey-") ? "waiting jobs and home feeds" : ACCOUNTS;
}

const isCaa = (name: string): boolean => name.startsWith("edge-caa-");
const isBackup = (name: string): boolean => name.startsWith("backup");

/** A bucket is empty after its replacement, too. */
function bucketGone(name: string): Effect {
  return isBackup(name)
    ? outage("nothing yet", "until a dump is needed")
    : outage("no picture loads", "for good");
}

const BUCKET: Kind = {
  noun: (name) => (isBackup(name) ? "the bucket of the dumps" : "the media bucket"),
  holds: (name) => (isBackup(name) ? "every dump" : "all uploaded media"),
  deleted: bucketGone,
  replaced: bucketGone,
};

/** Keys of a bucket: pods that still have the old one can't upload. */
const BUCKET_KEY: Kind = {
  noun: (name) => (isBackup(name) ? "the key of the dumps" : "the key of the media bucket"),
  replaced: (name) =>
    isBackup(name)
      ? NOTHING
      : { level: 3, notice: "uploads fail", howLong: "until web has restarted" },
};

const quiet = (noun: (name: string) => string): Kind => ({ noun });

/** By type token. */
const KINDS: Readonly<Record<string, Kind>> = {
  "cloudflare:index/accountToken:AccountToken": BUCKET_KEY,
  "cloudflare:index/argoTieredCaching:ArgoTieredCaching": quiet(always("tiered caching")),
  "cloudflare:index/botManagement:BotManagement": quiet(always("bot protection")),
  "cloudflare:index/dnsRecord:DnsRecord": {
    noun: (name) =>
      (isCaa(name) ? named("CAA record", "edge-caa-") : named("DNS record", "edge-"))(name),
    deleted: (name) =>
      isCaa(name) ? NOTHING : outage(`${name.slice("edge-".length)} is not found`, "for good"),
    replaced: (name) =>
      isCaa(name)
        ? NOTHING
        : {
            level: 3,
            notice: `${name.slice("edge-".length)} is not found`,
            howLong: "seconds; minutes for who asks in between, because resolvers remember",
          },
  },
  "cloudflare:index/r2Bucket:R2Bucket": BUCKET,
  "cloudflare:index/r2BucketCors:R2BucketCors": quiet(always("CORS of the media bucket")),
  "cloudflare:index/r2BucketLifecycle:R2BucketLifecycle": quiet((name) =>
    isBackup(name) ? "lifetimes of the dumps" : "lifetimes of the media bucket",
  ),
  "cloudflare:index/r2BucketLock:R2BucketLock": quiet(always("the lock of the dumps")),
  "cloudflare:index/r2CustomDomain:R2CustomDomain": {
    noun: (name) => `media host ${name.replace(/^.*-host-/u, "")}`,
    deleted: (name) =>
      outage(`pictures at ${name.replace(/^.*-host-/u, "")} don't load`, "for good"),
    replaced: (name) => gap(`pictures at ${name.replace(/^.*-host-/u, "")} don't load`),
  },
  "cloudflare:index/ruleset:Ruleset": {
    noun: named("Cloudflare rules", "edge-"),
    replaced: (name) => gap(`Cloudflare's rules for ${name.slice("edge-".length)} are missing`),
  },
  "cloudflare:index/tieredCache:TieredCache": quiet(always("tiered caching")),
  "cloudflare:index/workersRoute:WorkersRoute": quiet(always("route of the media purge")),
  "cloudflare:index/workersScript:WorkersScript": quiet(always("worker of the media purge")),
  "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared": {
    noun: always("the tunnel"),
    deleted: () => outage("nothing of the server answers"),
    replaced: () => outage("nothing of the server answers"),
  },
  "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig": {
    noun: always("the tunnel's routes"),
    deleted: () => outage("nothing of the server answers"),
    replaced: () => gap("nothing of the server answers"),
  },
  "cloudflare:index/zoneSetting:ZoneSetting": quiet(named("zone setting", "edge-settings-")),
  "digitalocean:index/databaseCluster:DatabaseCluster": {
    noun: databaseOf,
    holds: heldByCluster,
    deleted: (name) =>
      name.startsWith("cache-") ? NOTHING : outage("nothing of the server works", "for good"),
    replaced: (name) =>
      name.startsWith("cache-")
        ? { level: 3, notice: "pages are slow or fail", howLong: "minutes" }
        : outage("nothing of the server works", "for good"),
  },
  "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool": {
    noun: always("the pool"),
    deleted: () => outage("posting and timelines answer 500"),
    // A broken connection ends streaming's process, and with it every socket.
    replaced: () =>
      gap("posting and timelines answer 500, then retry, and apps on streaming reconnect"),
  },
  "digitalocean:index/databaseDb:DatabaseDb": {
    noun: always("the database in Postgres"),
    holds: () => ACCOUNTS,
    deleted: () => outage("nothing of the server works", "for good"),
    replaced: () => outage("nothing of the server works", "for good"),
  },
  "digitalocean:index/databaseFirewall:DatabaseFirewall": {
    noun: (name) =>
      `firewall of ${name.startsWith("replica-") ? "the read replica" : databaseOf(name)}`,
    // Deleting it writes an empty list, which admits every source (infra/postgres.ts).
    replaced: (name) => gap(`nothing, but ${databaseOf(name)} admits every source`),
  },
  "digitalocean:index/databasePostgresqlConfig:DatabasePostgresqlConfig": quiet(
    always("settings of Postgres"),
  ),
  "digitalocean:index/databaseReplica:DatabaseReplica": {
    noun: always("the read replica"),
    replaced: () => ({ level: 3, notice: "timelines answer 500", howLong: "minutes" }),
  },
  "digitalocean:index/databaseUser:DatabaseUser": {
    noun: (name) => `database user ${name.split("-").at(-1) ?? name}`,
    deleted: (name) =>
      name.endsWith("-application") ? outage("nothing of the server works") : NOTHING,
    replaced: (name) => {
      if (name.endsWith("-application")) return outage("nothing of the server works");
      return name.endsWith("-streaming") ? gap("apps on streaming get nothing new") : NOTHING;
    },
  },
  "digitalocean:index/databaseValkeyConfig:DatabaseValkeyConfig": quiet(
    always("settings of Valkey"),
  ),
  "digitalocean:index/kubernetesCluster:KubernetesCluster": {
    noun: always("the cluster"),
    deleted: () => outage("nothing of the server answers"),
    replaced: () =>
      outage(
        "two clusters serve at a time, and each periodic job runs twice; then all apps reconnect",
        "from the first pod of the new one until the old one is deleted",
      ),
  },
  "digitalocean:index/kubernetesNodePool:KubernetesNodePool": {
    noun: always("the workload pool"),
    deleted: () => outage("nothing of the server answers"),
    replaced: () => outage("nothing of the server answers"),
  },
  "digitalocean:index/monitorAlert:MonitorAlert": quiet(named("alert", "database-alerts-")),
  "digitalocean:index/project:Project": quiet(always("the project")),
  "digitalocean:index/projectResources:ProjectResources": quiet(always("members of the project")),
  "digitalocean:index/spacesBucket:SpacesBucket": BUCKET,
  "digitalocean:index/spacesBucketCorsConfiguration:SpacesBucketCorsConfiguration": quiet(
    always("CORS of the media bucket"),
  ),
  "digitalocean:index/spacesKey:SpacesKey": BUCKET_KEY,
  "digitalocean:index/tag:Tag": quiet(named("tag of the", "network-")),
  "digitalocean:index/uptimeAlert:UptimeAlert": quiet(named("uptime alert", "uptime-")),
  "digitalocean:index/uptimeCheck:UptimeCheck": quiet(named("uptime check of", "uptime-")),
  "digitalocean:index/vpc:Vpc": {
    noun: always("the private network"),
    deleted: () => outage("nothing of the server works"),
    replaced: () => outage("nothing of the server works"),
  },
  "kubernetes:apiregistration.k8s.io/v1:APIService": quiet(always("metrics API")),
  "kubernetes:apps/v1:Deployment": {
    noun: (name) => DEPLOYMENTS[name] ?? name,
    deleted: awayWith,
    replaced: awayWith,
  },
  "kubernetes:autoscaling/v2:HorizontalPodAutoscaler": quiet(
    (name) => `autoscaler of ${name.replace(/-autoscaler$/u, "")}`,
  ),
  "kubernetes:batch/v1:CronJob": quiet(named("nightly task")),
  "kubernetes:batch/v1:Job": quiet(named("Job")),
  "kubernetes:core/v1:ConfigMap": quiet(named("settings")),
  "kubernetes:core/v1:LimitRange": quiet(always("limits of each pod")),
  "kubernetes:core/v1:Namespace": {
    noun: always("the namespace"),
    deleted: () => outage("nothing of the server answers"),
    replaced: () => outage("nothing of the server answers"),
  },
  "kubernetes:core/v1:ResourceQuota": quiet(always("quota of the namespace")),
  "kubernetes:core/v1:Secret": quiet(named("Secret")),
  "kubernetes:core/v1:Service": {
    noun: (name) => `Service of ${name.replace(/-service$/u, "")}`,
    deleted: (name) => (serves(name.replace(/-service$/u, "")) ? awayWith(name) : NOTHING),
    replaced: (name) => (serves(name.replace(/-service$/u, "")) ? gap(noticeOf(name)) : NOTHING),
  },
  "kubernetes:core/v1:ServiceAccount": quiet(named("service account")),
  "kubernetes:keda.sh/v1alpha1:ScaledObject": quiet(named("queue autoscaler")),
  "kubernetes:monitoring.coreos.com/v1:PodMonitor": quiet(named("pod monitor")),
  "kubernetes:monitoring.coreos.com/v1:PrometheusRule": quiet(always("alert rules")),
  "kubernetes:networking.k8s.io/v1:NetworkPolicy": {
    noun: named("network policy", "network-"),
    replaced: (name) => gap(`connections that ${name} allows fail`),
  },
  "kubernetes:policy/v1:PodDisruptionBudget": quiet(
    (name) => `disruption budget of ${name.replace(/-disruption$/u, "")}`,
  ),
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole": quiet(named("cluster role")),
  "kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding": quiet(
    named("cluster role binding"),
  ),
  "kubernetes:rbac.authorization.k8s.io/v1:Role": quiet(named("role")),
  "kubernetes:rbac.authorization.k8s.io/v1:RoleBinding": quiet(named("role binding")),
  "kubernetes:scheduling.k8s.io/v1:PriorityClass": quiet(named("priority class")),
  "pulumi:providers:digitalocean": quiet(always("DigitalOcean's provider")),
  "pulumi:providers:kubernetes": quiet(always("Kubernetes' provider")),
};

/** Effect on members while a Deployment, or the Service in front of it, is away. */
function noticeOf(name: string): string {
  if (name.startsWith("web")) return "the site and apps show an error page";
  if (name.startsWith("streaming")) return "timelines don't move by themselves";
  if (name.startsWith("assets")) return "pages are without style and script";
  if (name.startsWith("connector")) return "nothing of the server answers";
  return "posts don't arrive, and are not delivered";
}

function awayWith(name: string): Effect {
  if (!serves(name)) return NOTHING;
  return outage(noticeOf(name), "until it is ready");
}

/** The row of a type; undefined if nobody wrote one. */
export function kindOf(type: string): Kind | undefined {
  return Object.hasOwn(KINDS, type) ? KINDS[type] : undefined;
}

/** An operator's noun for a resource; its Pulumi type and name if there is none. */
export function nounOf({ type, name }: { readonly type: string; readonly name: string }): string {
  return kindOf(type)?.noun(name) ?? `${type} ${name}`;
}
