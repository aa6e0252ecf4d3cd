/** Type tokens that the commands about a state read, and their shapes. */

export const STACK = "pulumi:pulumi:Stack";
export const KUBERNETES_PROVIDER = "pulumi:providers:kubernetes";
export const VPC = "digitalocean:index/vpc:Vpc";
export const TAG = "digitalocean:index/tag:Tag";
export const CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster";
export const NODE_POOL = "digitalocean:index/kubernetesNodePool:KubernetesNodePool";
export const DATABASE = "digitalocean:index/databaseCluster:DatabaseCluster";
export const REPLICA = "digitalocean:index/databaseReplica:DatabaseReplica";

/** Anything that has a type token. */
interface Typed {
  readonly type: string;
}

/** Whether a resource is an object inside a cluster. */
export function isInKubernetes({ type }: Typed): boolean {
  return type.startsWith("kubernetes:");
}

/** The last part of a type token: `DatabaseCluster`. */
export function kindOf({ type }: Typed): string {
  return type.slice(type.lastIndexOf(":") + 1);
}
