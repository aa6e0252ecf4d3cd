import {
  allocatableOf,
  NODES,
  type NodeMemoryGib,
  type NodeSize,
} from "../../facts/digitalocean/droplets.ts";

/**
 * Resources of a Droplet as a worker node, in Kubernetes' quantities: the whole machine, and the
 * rest for Pods.
 */
export interface NodeCapacity {
  readonly capacity: Resources;
  readonly allocatable: Resources;
}

type Resources = {
  readonly cpu: string;
  readonly memory: string;
  readonly "ephemeral-storage": string;
  readonly pods: string;
};

/**
 * Memory that the kernel of a Droplet reports, KiB, by its GiB. The values are from the reports
 * that `facts/digitalocean/droplets.ts` names; that of 2 GiB is computed from 4.
 */
const CAPACITY_KIB: Readonly<Record<NodeMemoryGib, number>> = {
  2: 2_004_546,
  4: 4_009_092,
  8: 8_149_728,
};

/**
 * The kubelet's default limit: https://kubernetes.io/docs/setup/best-practices/cluster-large/. The
 * reports have it, too.
 */
export const MAX_PODS = 110;

/**
 * Resources of a node of this size. Throws for a size without a row, because an invented figure
 * would prove nothing.
 */
export function nodeCapacity(slug: string): NodeCapacity {
  if (!Object.hasOwn(NODES, slug))
    throw new Error(
      `The rehearsal doesn't know what a node of size "${slug}" leaves for Pods; it knows ${Object.keys(NODES).join(", ")}. ` +
        `Use one of these, or add a row to facts/digitalocean/droplets.ts from \`kubectl describe node\` of a real one.`,
    );
  const size = NODES[slug as NodeSize];
  const memory = CAPACITY_KIB[size.memoryGib];
  const allocatable = allocatableOf(slug as NodeSize);
  const disk = size.diskGib * DISK_KIB_PER_GIB;
  return {
    capacity: {
      cpu: String(size.vcpus),
      memory: `${memory}Ki`,
      "ephemeral-storage": `${Math.floor(disk)}Ki`,
      pods: String(MAX_PODS),
    },
    allocatable: {
      cpu: `${allocatable.millicpu}m`,
      memory: `${allocatable.mib}Mi`,
      // The kubelet reserves a tenth (its hard eviction limit, nodefs.available<10%), as the
      // reports show.
      "ephemeral-storage": String(Math.floor(disk * 1024 * 0.9)),
      pods: String(MAX_PODS),
    },
  };
}

/** KiB of a file system for each GiB of disk: 82394940 of 80 GiB in the report above. */
const DISK_KIB_PER_GIB = 82_394_940 / 80;
