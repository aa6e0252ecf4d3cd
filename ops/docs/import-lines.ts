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

/**
 * The command that takes one into the state of the stack `prod`. Without `--parent` it lands
 * outside of its component: the next update makes another one and deletes this.
 */
export function importLine({ type, name, parent: [parentType, parent], id }: HalfMade): string {
  const urn = `urn:pulumi:prod::mastodon::${parentType}::${parent}`;
  return `pulumi import --stack prod --generate-code=false --parent '${parent}=${urn}' ${type} ${name} ${id}`;
}

/** All lines, each below what it is for. */
export function importLines(): string {
  const lines = HALF_MADE.map((one) => `# ${one.what.replaceAll("`", "")}\n${importLine(one)}`);
  return `\n\`\`\`\n${lines.join("\n")}\n\`\`\`\n`;
}
