/** Type tokens that the commands about a state read, and their shapes. */

export const STACK = "pulumi:pulumi:Stack";
export const KUBERNETES_PROVIDER = "pulumi:providers:kubernetes";
export const VPC = "digitalocean:index/vpc:Vpc";
export const TAG = "digitalocean:index/tag:Tag";
export const CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster";
export const NODE_POOL = "digitalocean:index/kubernetesNodePool:KubernetesNodePool";
export const DATABASE = "digitalocean:index/databaseCluster:DatabaseCluster";
export const FIREWALL = "digitalocean:index/databaseFirewall:DatabaseFirewall";
export const SPACES_KEY = "digitalocean:index/spacesKey:SpacesKey";
export const TUNNEL = "cloudflare:index/zeroTrustTunnelCloudflared:ZeroTrustTunnelCloudflared";
export const REPLICA = "digitalocean:index/databaseReplica:DatabaseReplica";

/** Anything that has a type token. */
interface Typed {
  readonly type: string;
}

/** Whether a resource is an object inside a cluster. */
export function isInKubernetes({ type }: Typed): boolean {
  return type.startsWith("kubernetes:");
}

/** Whether a resource is the key that makes buckets at Spaces. It never gets into a cluster. */
export function makesBuckets({
  type,
  inputs,
}: Typed & { readonly inputs?: Readonly<Record<string, unknown>> }): boolean {
  const grants = (inputs?.["grants"] ?? []) as readonly { readonly permission?: unknown }[];
  return type === SPACES_KEY && grants.some(({ permission }) => permission === "fullaccess");
}

/** The last part of a type token: `DatabaseCluster`. */
export function kindOf({ type }: Typed): string {
  return type.slice(type.lastIndexOf(":") + 1);
}
