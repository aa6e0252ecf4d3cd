import { POOL } from "../../config/topology.ts";

/**
 * Resources that DigitalOcean may go on making after an update has ended, and the line that takes
 * each into the state: for `docs/operate.md`.
 */

/** One resource that takes minutes to make. */
export interface HalfMade {
  /** An operator's word for it. */
  readonly what: string;
  /** Pulumi's type token. */
  readonly type: string;
  /** Its name in the program. */
  readonly name: string;
  /** Type token and name of the component that it is a part of. */
  readonly parent: readonly [type: string, name: string];
  /**
   * The id that an import takes, in words (each resource's `Importer` in
   * digitalocean/terraform-provider-digitalocean v2.99.1, read 2026-11-28).
   */
  readonly id: string;
}

const DATABASE = "digitalocean:index/databaseCluster:DatabaseCluster";

/** Every one of the stack, in the order of the program. */
export const HALF_MADE: readonly HalfMade[] = [
  {
    what: "Valkey",
    type: DATABASE,
    name: "valkey-cluster",
    parent: ["mastodon:infra:Valkey", "valkey"],
    id: "ID",
  },
  {
    what: "the cache, where `valkey.cache` is set",
    type: DATABASE,
    name: "cache-cluster",
    parent: ["mastodon:infra:Valkey", "cache"],
    id: "ID",
  },
  {
    what: "Postgres",
    type: DATABASE,
    name: "postgres-cluster",
    parent: ["mastodon:infra:Postgres", "postgres"],
    id: "ID",
  },
  {
    what: "the read replica: Postgres' id, a comma, the replica's name",
    type: "digitalocean:index/databaseReplica:DatabaseReplica",
    name: "replica-replica",
    parent: ["mastodon:infra:ReadReplica", "replica"],
    id: "ID,NAME",
  },
  {
    what: "the cluster",
    type: "digitalocean:index/kubernetesCluster:KubernetesCluster",
    name: "cluster-doks",
    parent: ["mastodon:infra:Cluster", "cluster"],
    id: "ID",
  },
  {
    what: "its pool for workloads",
    type: "digitalocean:index/kubernetesNodePool:KubernetesNodePool",
    name: "cluster-workloads",
    parent: ["mastodon:infra:Cluster", "cluster"],
    id: "ID",
  },
];

const POSTGRES = ["mastodon:infra:Postgres", "postgres"] as const;

/**
 * Members that a refresh forgets together with a Postgres that it did not find, and that an update
 * would be refused to make a second time. Firewall and settings are only set again.
 */
export const IN_POSTGRES: readonly HalfMade[] = [
  {
    what: "its database",
    type: "digitalocean:index/databaseDb:DatabaseDb",
    name: "postgres-database",
    parent: POSTGRES,
    id: "ID,mastodon",
  },
  {
    what: "the role that Mastodon runs as",
    type: "digitalocean:index/databaseUser:DatabaseUser",
    name: "postgres-application",
    parent: POSTGRES,
    id: "ID,mastodon",
  },
  {
    what: "streaming's role",
    type: "digitalocean:index/databaseUser:DatabaseUser",
    name: "postgres-streaming",
    parent: POSTGRES,
    id: "ID,mastodon_streaming",
  },
  {
    what: "the pool",
    type: "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool",
    name: "postgres-pool",
    parent: POSTGRES,
    id: `ID,${POOL.name}`,
  },
];

/**
 * The command that takes one into the state of the stack `prod`. Without `--parent` it lands
 * outside of its component: the next update makes another one and deletes this.
 */
export function importLine({ type, name, parent: [parentType, parent], id }: HalfMade): string {
  const urn = `urn:pulumi:prod::mastodon::${parentType}::${parent}`;
  return `pulumi import --stack prod --generate-code=false --parent '${parent}=${urn}' ${type} ${name} ${id}`;
}

/** Lines of those, each below what it is for. */
export function importLines(those: readonly HalfMade[]): string {
  const lines = those.map((one) => `# ${one.what.replaceAll("`", "")}\n${importLine(one)}`);
  return `\n\`\`\`\n${lines.join("\n")}\n\`\`\`\n`;
}
