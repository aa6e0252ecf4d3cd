import { markdownTable } from "./markdown.ts";

/**
 * Permissions that the tokens of both clouds need, by resource type: the tables of
 * `docs/operate.md`.
 */

/** Permission for one resource type, or for one read request before the first resource. */
export interface Permission {
  readonly cloud: "DigitalOcean" | "Cloudflare";
  /** The cloud's name for the object of the permission. */
  readonly over: string;
  /** Actions that the token of a deploy needs. */
  readonly deploy: readonly string[];
  /** Actions that the token of a preview needs. It never needs to change anything. */
  readonly preview: readonly string[];
}

const READ = ["read"];
const FOUR = ["create", "read", "update", "delete"];

/** Scopes of DigitalOcean (`security` of each call in digitalocean/openapi). */
const scope = (over: string, deploy = FOUR, preview = READ): Permission => ({
  cloud: "DigitalOcean",
  over,
  deploy,
  preview,
});

/**
 * Permissions of Cloudflare (cloudflare/terraform-provider-cloudflare, docs, "Accepted
 * Permissions").
 */
const may = (over: string): Permission => ({
  cloud: "Cloudflare",
  over,
  deploy: ["Write"],
  preview: ["Read"],
});
const workers = may("Workers Scripts (account)");
const ZONE: Permission = { ...may("Zone"), deploy: ["Read"] };

const kubernetes = scope(
  "kubernetes",
  [...FOUR, "access_cluster"],
  // Without it a preview can't compare the objects in the cluster. It gives cluster admin access.
  [...READ, "access_cluster"],
);
// Without `view_credentials` a new database's password is empty, and the database refuses every
// pod.
const database = scope("database", [...FOUR, "view_credentials"]);
const uptime = scope("uptime");
const project = scope("project", [...FOUR, "assign_resource"]);
const r2 = may("Workers R2 Storage (account)");
const tunnel = may("Cloudflare Tunnel (account)");
const settings = may("Zone Settings");

/**
 * Permissions by resource type, for a ruleset also by its phase
 * (developers.cloudflare.com/ruleset-engine/basic-operations/add-rule-phase-rulesets), and by the
 * token of a function. An empty list means that the resource needs no token, because it uses a
 * bucket's own key.
 */
export const PERMISSIONS: Readonly<Record<string, readonly Permission[]>> = {
  "digitalocean:index/vpc:Vpc": [scope("vpc")],
  "digitalocean:index/tag:Tag": [scope("tag", ["create", "read", "delete"])],
  "digitalocean:index/kubernetesCluster:KubernetesCluster": [kubernetes],
  "digitalocean:index/kubernetesNodePool:KubernetesNodePool": [kubernetes],
  "digitalocean:index/databaseCluster:DatabaseCluster": [database],
  "digitalocean:index/databaseUser:DatabaseUser": [database],
  "digitalocean:index/databaseDb:DatabaseDb": [database],
  "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool": [database],
  "digitalocean:index/databaseFirewall:DatabaseFirewall": [database],
  "digitalocean:index/databasePostgresqlConfig:DatabasePostgresqlConfig": [database],
  "digitalocean:index/databaseValkeyConfig:DatabaseValkeyConfig": [database],
  "digitalocean:index/databaseReplica:DatabaseReplica": [database],
  "digitalocean:index/getDatabaseCa:getDatabaseCa": [database],
  "digitalocean:index/getRegion:getRegion": [scope("regions", READ)],
  "digitalocean:index/getKubernetesVersions:getKubernetesVersions": [kubernetes],
  "digitalocean:index/project:Project": [project],
  "digitalocean:index/projectResources:ProjectResources": [project],
  "digitalocean:index/uptimeCheck:UptimeCheck": [uptime],
  "digitalocean:index/uptimeAlert:UptimeAlert": [uptime],
  "digitalocean:index/monitorAlert:MonitorAlert": [scope("monitoring")],
  "digitalocean:index/spacesKey:SpacesKey": [
    scope("spaces_key", ["create_credentials", "read", "update", "delete"]),
  ],
  "digitalocean:index/spacesBucket:SpacesBucket": [],
  "digitalocean:index/spacesBucketCorsConfiguration:SpacesBucketCorsConfiguration": [],
  "cloudflare:index/dnsRecord:DnsRecord": [may("DNS")],
  "cloudflare:index/getDnsRecords:getDnsRecords": [may("DNS")],
  "cloudflare:index/getZone:getZone": [ZONE],
  "cloudflare:index/workersScript:WorkersScript": [workers],
  "cloudflare:index/workersRoute:WorkersRoute": [may("Workers Routes")],
  "cloudflare:index/zoneSetting:ZoneSetting": [settings],
  "cloudflare:index/tieredCache:TieredCache": [settings, ZONE],
  "cloudflare:index/argoTieredCaching:ArgoTieredCaching": [settings, ZONE],
  "cloudflare:index/botManagement:BotManagement": [may("Bot Management")],
  "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared": [tunnel],
  "cloudflare:index/zeroTrustTunnelCloudflaredConfig:ZeroTrustTunnelCloudflaredConfig": [tunnel],
  "cloudflare:index/r2Bucket:R2Bucket": [r2],
  "cloudflare:index/r2CustomDomain:R2CustomDomain": [r2],
  "cloudflare:index/r2BucketCors:R2BucketCors": [r2],
  "cloudflare:index/r2BucketLifecycle:R2BucketLifecycle": [r2],
  "cloudflare:index/r2BucketLock:R2BucketLock": [r2],
  "cloudflare:index/accountToken:AccountToken": [may("Account API Tokens (account)")],
  "cloudflare:index/ruleset:Ruleset http_request_dynamic_redirect": [may("Dynamic URL Redirects")],
  "cloudflare:index/ruleset:Ruleset http_request_transform": [may("Zone Transform Rules")],
  "cloudflare:index/ruleset:Ruleset http_request_late_transform": [may("Zone Transform Rules")],
  "cloudflare:index/ruleset:Ruleset http_response_headers_transform": [may("Zone Transform Rules")],
  "cloudflare:index/ruleset:Ruleset http_config_settings": [may("Config Settings")],
  "cloudflare:index/ruleset:Ruleset http_request_firewall_custom": [may("Zone WAF")],
  "cloudflare:index/ruleset:Ruleset http_ratelimit": [may("Zone WAF")],
  "cloudflare:index/ruleset:Ruleset http_request_cache_settings": [may("Cache Settings")],
  "cloudflare:index/ruleset:Ruleset http_custom_errors": [may("Custom Errors")],
};

/** Returns the key of a planned resource in {@link PERMISSIONS}. */
export function permissionKeyOf(type: string, inputs: Readonly<Record<string, unknown>>): string {
  return type.endsWith(":Ruleset") ? `${type} ${String(inputs["phase"])}` : type;
}

/** `cloudflare:index/ruleset:Ruleset http_ratelimit` → `Ruleset http_ratelimit`. */
const shortOf = (key: string): string => key.split(":").at(-1) ?? key;

/** Table of one cloud: a row for each object of a permission. */
function tableOf(cloud: Permission["cloud"]): string {
  const rows = new Map<string, Permission & { readonly users: readonly string[] }>();
  for (const [key, permissions] of Object.entries(PERMISSIONS))
    for (const permission of permissions.filter((each) => each.cloud === cloud)) {
      const users = rows.get(permission.over)?.users ?? [];
      rows.set(permission.over, { ...permission, users: [...users, shortOf(key)] });
    }
  return markdownTable(
    [cloud, "token of a deploy", "token of a preview", "for"],
    [...rows.values()].map(({ over, deploy, preview, users }) => [
      cloud === "DigitalOcean" ? `\`${over}:\`` : over,
      deploy.join(", "),
      preview.join(", "),
      users.join(", "),
    ]),
  );
}

/** Both tables. */
export function tokenTables(): string {
  return `\n${tableOf("DigitalOcean")}\n${tableOf("Cloudflare")}\n`;
}
