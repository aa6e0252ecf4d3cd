import type { Properties } from "../../providers/provider.ts";
import { ACCOUNT, ZONE, type Cloud, type Made } from "./cloud.ts";

export const VPC = "digitalocean:index/vpc:Vpc";
export const CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster";
export const NODE_POOL = "digitalocean:index/kubernetesNodePool:KubernetesNodePool";
export const DATABASE = "digitalocean:index/databaseCluster:DatabaseCluster";
export const USER = "digitalocean:index/databaseUser:DatabaseUser";
export const DB = "digitalocean:index/databaseDb:DatabaseDb";
export const POOL = "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool";
export const FIREWALL = "digitalocean:index/databaseFirewall:DatabaseFirewall";
export const TAG = "digitalocean:index/tag:Tag";
export const PROJECT = "digitalocean:index/project:Project";
export const PROJECT_RESOURCES = "digitalocean:index/projectResources:ProjectResources";
export const SETTINGS = "digitalocean:index/databasePostgresqlConfig:DatabasePostgresqlConfig";
export const VALKEY_SETTINGS = "digitalocean:index/databaseValkeyConfig:DatabaseValkeyConfig";
export const REPLICA = "digitalocean:index/databaseReplica:DatabaseReplica";
export const UPTIME_CHECK = "digitalocean:index/uptimeCheck:UptimeCheck";
export const UPTIME_ALERT = "digitalocean:index/uptimeAlert:UptimeAlert";
export const MONITOR_ALERT = "digitalocean:index/monitorAlert:MonitorAlert";
export const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
export const TUNNEL = "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared";
export const TUNNEL_CONFIG =
  "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig";
export const RULESET = "cloudflare:index/ruleset:Ruleset";
export const ZONE_SETTING = "cloudflare:index/zoneSetting:ZoneSetting";
export const BOTS = "cloudflare:index/botManagement:BotManagement";
export const TIERS = "cloudflare:index/argoTieredCaching:ArgoTieredCaching";
export const SMART_TIERS = "cloudflare:index/tieredCache:TieredCache";

export const R2_BUCKET = "cloudflare:index/r2Bucket:R2Bucket";
export const R2_CUSTOM_DOMAIN = "cloudflare:index/r2CustomDomain:R2CustomDomain";
export const R2_CORS = "cloudflare:index/r2BucketCors:R2BucketCors";
export const R2_LIFECYCLE = "cloudflare:index/r2BucketLifecycle:R2BucketLifecycle";
export const R2_LOCK = "cloudflare:index/r2BucketLock:R2BucketLock";
export const ACCOUNT_TOKEN = "cloudflare:index/accountToken:AccountToken";
export const WORKERS_SCRIPT = "cloudflare:index/workersScript:WorkersScript";
export const WORKERS_ROUTE = "cloudflare:index/workersRoute:WorkersRoute";
export const SPACES_KEY = "digitalocean:index/spacesKey:SpacesKey";
export const SPACES_BUCKET = "digitalocean:index/spacesBucket:SpacesBucket";
export const SPACES_CORS =
  "digitalocean:index/spacesBucketCorsConfiguration:SpacesBucketCorsConfiguration";

export const workerInputs: Properties = {
  accountId: ACCOUNT,
  scriptName: "purge",
  content: "export default { fetch: () => new Response() };",
  mainModule: "purge.mjs",
  bindings: [{ name: "ZONE", type: "plain_text", text: "a" }],
};
export const vpcInputs: Properties = { region: "fra1", ipRange: "10.10.0.0/20" };
export const clusterInputs: Properties = {
  region: "fra1",
  version: "1.36.0-do.2",
  ha: false,
  nodePool: { name: "base", size: "s-2vcpu-4gb", nodeCount: 2 },
};
export const postgresInputs: Properties = {
  engine: "pg",
  version: "17",
  size: "db-s-1vcpu-2gb",
  region: "fra1",
  nodeCount: 1,
};
export const valkeyInputs: Properties = {
  engine: "valkey",
  version: "8",
  size: "db-s-1vcpu-1gb",
  region: "fra1",
  nodeCount: 1,
  evictionPolicy: "noeviction",
};
export const told: Properties = { emails: ["ops@social.example"], slacks: [] };
export const uptimeAlertInputs: Properties = {
  type: "latency",
  threshold: 2_000,
  comparison: "greater_than",
  period: "5m",
  notifications: [told],
};
export const monitorAlertInputs: Properties = {
  type: "v1/dbaas/alerts/disk_utilization_alerts",
  description: "the disk fills up",
  compare: "GreaterThan",
  value: 85,
  window: "30m",
  alerts: told,
};
export const recordInputs: Properties = {
  zoneId: ZONE,
  name: "social.example",
  type: "CNAME",
  content: "one.cfargotunnel.com",
  ttl: 1,
  proxied: true,
};
export const tunnelInputs: Properties = {
  accountId: ACCOUNT,
  name: "mastodon",
  configSrc: "cloudflare",
};
export const rulesetInputs: Properties = {
  zoneId: ZONE,
  kind: "zone",
  name: "cache",
  phase: "http_request_cache_settings",
  rules: [
    {
      ref: "hashed",
      expression: "true",
      action: "set_cache_settings",
      actionParameters: { cache: true, edgeTtl: { mode: "override_origin", default: 31_536_000 } },
    },
  ],
};

export const r2Inputs: Properties = { accountId: ACCOUNT, name: "media" };
export const inR2: Properties = { accountId: ACCOUNT, bucketName: "media" };
export const customDomainInputs: Properties = {
  ...inR2,
  domain: "media.social.example",
  zoneId: ZONE,
  enabled: true,
  minTls: "1.2",
};
export const tokenInputs: Properties = {
  accountId: ACCOUNT,
  name: "media",
  policies: [
    {
      effect: "allow",
      permissionGroups: [{ id: "2efd5506f9c8494dacb1fa10a3e7d5b6" }],
      resources: JSON.stringify({
        [`com.cloudflare.edge.r2.bucket.${ACCOUNT}_default_media`]: "*",
      }),
    },
  ],
};
export const fullKeyInputs: Properties = { grants: [{ bucket: "", permission: "fullaccess" }] };
export const spaceInputs: Properties = { name: "media", region: "fra1" };

/** A key that may create buckets, and a provider that uses it. */
export async function withSpacesKeys(cloud: Cloud): Promise<Made> {
  const key = await cloud.make(SPACES_KEY, "maker", fullKeyInputs);
  cloud.configure("digitalocean", {
    spacesAccessId: key.outputs["accessKey"],
    spacesSecretKey: key.outputs["secretKey"],
  });
  return key;
}

/** One of every type, with the stack's inputs. Keyed by type. */
export async function oneOfEach(cloud: Cloud): Promise<ReadonlyMap<string, Made>> {
  const vpc = await cloud.make(VPC, "net", vpcInputs);
  const cluster = await cloud.make(CLUSTER, "doks", { ...clusterInputs, vpcUuid: vpc.id });
  const clusterId = cluster.id;
  const pool = await cloud.make(NODE_POOL, "work", {
    clusterId,
    size: "s-4vcpu-8gb",
    nodeCount: 2,
  });
  const inVpc = { privateNetworkUuid: vpc.id };
  const postgres = await cloud.make(DATABASE, "pg", { ...postgresInputs, ...inVpc });
  const inPostgres = { clusterId: postgres.id };
  const valkey = await cloud.make(DATABASE, "redis", { ...valkeyInputs, ...inVpc });
  const project = await cloud.make(PROJECT, "social", {});
  const check = await cloud.make(UPTIME_CHECK, "web", { target: "https://social.example/health" });
  const made = [
    vpc,
    cluster,
    pool,
    postgres,
    await cloud.make(FIREWALL, "wall", { ...inPostgres, rules: [{ type: "tag", value: "nodes" }] }),
    await cloud.make(USER, "app", { ...inPostgres, name: "mastodon" }),
    await cloud.make(DB, "db", { ...inPostgres, name: "mastodon" }),
    await cloud.make(POOL, "pool", {
      ...inPostgres,
      name: "web",
      dbName: "mastodon",
      mode: "transaction",
      size: 20,
    }),
    await cloud.make(TAG, "nodes", {}),
    project,
    await cloud.make(PROJECT_RESOURCES, "members", {
      project: project.id,
      resources: [cluster.outputs["clusterUrn"], postgres.outputs["clusterUrn"]],
    }),
    await cloud.make(SETTINGS, "settings", { ...inPostgres, logMinDurationStatement: 1_000 }),
    await cloud.make(VALKEY_SETTINGS, "keeps", { clusterId: valkey.id, persistence: "rdb" }),
    await cloud.make(REPLICA, "replica", { ...inPostgres, size: "db-s-1vcpu-2gb" }),
    check,
    await cloud.make(UPTIME_ALERT, "slow", { ...uptimeAlertInputs, checkId: check.id }),
    await cloud.make(MONITOR_ALERT, "disk", { ...monitorAlertInputs, entities: [postgres.id] }),
    await cloud.make(RECORD, "web", recordInputs),
    await cloud.make(RULESET, "cache", rulesetInputs),
    await cloud.make(R2_BUCKET, "media", r2Inputs),
    await cloud.make(R2_CUSTOM_DOMAIN, "media-host", customDomainInputs),
    await cloud.make(R2_CORS, "media-cors", {
      ...inR2,
      rules: [{ allowed: { methods: ["GET"], origins: ["*"] } }],
    }),
    await cloud.make(R2_LIFECYCLE, "media-lifecycle", { ...inR2, rules: [] }),
    await cloud.make(R2_LOCK, "media-lock", { ...inR2, rules: [] }),
    await cloud.make(ACCOUNT_TOKEN, "media-key", tokenInputs),
    await cloud.make(WORKERS_SCRIPT, "purge", workerInputs),
    await cloud.make(WORKERS_ROUTE, "purge-route", {
      zoneId: ZONE,
      pattern: "media.example.social/.purge/*",
      script: "purge",
    }),
    await withSpacesKeys(cloud),
    await cloud.make(SPACES_BUCKET, "space", spaceInputs),
    await cloud.make(SPACES_CORS, "space-cors", {
      bucket: "media",
      region: "fra1",
      corsRules: [{ allowedMethods: ["GET"], allowedOrigins: ["*"] }],
    }),
    await cloud.make(ZONE_SETTING, "tls", { zoneId: ZONE, settingId: "ssl", value: "strict" }),
    await cloud.make(BOTS, "bots", { zoneId: ZONE, fightMode: false }),
    await cloud.make(TIERS, "tiers", { zoneId: ZONE, value: "on" }),
    await cloud.make(SMART_TIERS, "smart", { zoneId: ZONE, value: "on" }),
  ];
  const tunnel = await cloud.make(TUNNEL, "tunnel", tunnelInputs);
  const config = await cloud.make(TUNNEL_CONFIG, "ingress", {
    accountId: ACCOUNT,
    tunnelId: tunnel.id,
    config: {
      ingresses: [
        { hostname: "social.example", service: "http://web:3000" },
        { service: "http_status:404" },
      ],
    },
  });
  return new Map([...made, tunnel, config].map((one) => [one.ref.type, one]));
}
