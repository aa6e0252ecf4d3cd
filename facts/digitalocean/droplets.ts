/**
 * Droplets as worker nodes: their resources, and the part that DOKS reserves. With a figure that is
 * too high, planned Pods would stay Pending on the real cluster. So a size without a report is
 * refused, not guessed.
 */

/** Memory of a Droplet, GiB, for which a kubelet's report is known. */
export type NodeMemoryGib = 2 | 4 | 8;

/**
 * A Droplet size: cores, memory and disk, from https://slugs.do-api.dev and `doctl compute size
 * list`.
 */
export interface NodeSpec {
  readonly vcpus: number;
  readonly memoryGib: NodeMemoryGib;
  readonly diskGib: number;
}

/**
 * Shared-CPU sizes whose allocatable is known. `-intel` and `-amd` differ in processor and disk,
 * not in cores and memory.
 */
export const NODES = {
  "s-1vcpu-2gb": { vcpus: 1, memoryGib: 2, diskGib: 50 },
  "s-2vcpu-2gb": { vcpus: 2, memoryGib: 2, diskGib: 60 },
  "s-2vcpu-4gb": { vcpus: 2, memoryGib: 4, diskGib: 80 },
  "s-2vcpu-4gb-intel": { vcpus: 2, memoryGib: 4, diskGib: 80 },
  "s-2vcpu-4gb-amd": { vcpus: 2, memoryGib: 4, diskGib: 80 },
  "s-4vcpu-8gb": { vcpus: 4, memoryGib: 8, diskGib: 160 },
  "s-4vcpu-8gb-intel": { vcpus: 4, memoryGib: 8, diskGib: 160 },
  "s-4vcpu-8gb-amd": { vcpus: 4, memoryGib: 8, diskGib: 160 },
} as const satisfies Readonly<Record<string, NodeSpec>>;

/** Slug of a Droplet that can be a node. */
export type NodeSize = keyof typeof NODES;

/** The slugs, smallest first. */
export const NODE_SIZES = Object.keys(NODES) as [NodeSize, ...NodeSize[]];

/**
 * The memory that DOKS leaves for Pods on a node, MiB, by the Droplet's memory, GiB, as kubelets of
 * real clusters report it (`kubectl describe node`, "Allocatable"):
 * - 2: an s-1vcpu-2gb in lon1 (900m of CPU);
 * - 4: an s-2vcpu-4gb in sgp1 under 1.28.2-do.0 (1900m; capacity 4009092Ki, 82394940Ki of disk,
 *   75935176579 bytes left);
 * - 8: an s-4vcpu-8gb-amd in nyc1 under 1.24.4-do.0 (3900m; capacity 8149728Ki, 165089200Ki of
 *   disk, 152146206469 left). DigitalOcean's own, rounder table:
 *   https://docs.digitalocean.com/products/kubernetes/details/limits/#allocatable-memory.
 */
export const ALLOCATABLE_MIB: Readonly<Record<NodeMemoryGib, number>> = {
  2: 1574,
  4: 3110,
  8: 6694,
};

/**
 * CPU of a node that DOKS reserves, thousandths of a core: the same on each node of the reports.
 */
export const RESERVED_MILLICPU = 100;

/** An amount of the resources by which Pods are scheduled. */
export interface Amount {
  /** Thousandths of a core. */
  readonly millicpu: number;
  readonly mib: number;
}

/**
 * Requests of DOKS' own DaemonSets on every node: the higher value of two public `kubectl describe
 * node` outputs each. cilium 500m/410Mi (1.35; 310m/310Mi before), do-node-agent 102m/80Mi,
 * cpc-bridge-proxy 100m/75Mi, kube-proxy 125Mi (on clusters that still have it). csi-do-node and
 * konnectivity-agent request nothing.
 */
export const SYSTEM_PER_NODE: Amount = { millicpu: 702, mib: 690 };

/**
 * Requests of the Pods that DOKS runs once in a cluster: two CoreDNS Pods (same reports). Hubble
 * requests nothing.
 */
export const SYSTEM_PODS: readonly Amount[] = [
  { millicpu: 100, mib: 170 },
  { millicpu: 100, mib: 170 },
];

/** Allocatable resources of a node of a size, for DOKS' own Pods, too. */
export function allocatableOf(size: NodeSize): Amount {
  const { vcpus, memoryGib } = NODES[size];
  return { millicpu: vcpus * 1000 - RESERVED_MILLICPU, mib: ALLOCATABLE_MIB[memoryGib] };
}

/** Resources of a node of a size that remain for the stack's own Pods. */
export function roomOf(size: NodeSize): Amount {
  const { millicpu, mib } = allocatableOf(size);
  return {
    millicpu: millicpu - SYSTEM_PER_NODE.millicpu,
    mib: mib - SYSTEM_PER_NODE.mib,
  };
}
