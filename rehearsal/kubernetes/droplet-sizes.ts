/** What a Droplet offers as a worker node, in Kubernetes' quantities: the whole machine, and what is left for Pods. */
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
 * The memory that DOKS leaves for Pods on a node, MiB, by the Droplet's memory, GiB, as kubelets of real clusters report it
 * (`kubectl describe node`, "Allocatable"):
 * - 2: an s-1vcpu-2gb in lon1 (900m of CPU);
 * - 4: an s-2vcpu-4gb in sgp1 under 1.28.2-do.0 (1900m; capacity 4009092Ki, 82394940Ki of disk, 75935176579 bytes left);
 * - 8: an s-4vcpu-8gb-amd in nyc1 under 1.24.4-do.0 (3900m; capacity 8149728Ki, 165089200Ki of disk, 152146206469 left).
 * DigitalOcean's own, rounder table: https://docs.digitalocean.com/products/kubernetes/details/limits/#allocatable-memory.
 * A figure that is too high places Pods here that stay Pending for real. So a size without a report is refused, not guessed.
 */
const ALLOCATABLE_MIB: Readonly<Record<number, number>> = { 2: 1574, 4: 3110, 8: 6694 };

/** What the kernel of a Droplet reports of its memory, KiB, by its GiB: from the same reports; of 2 GiB by its share of 4. */
const CAPACITY_KIB: Readonly<Record<number, number>> = { 2: 2_004_546, 4: 4_009_092, 8: 8_149_728 };

/** What DOKS keeps of a node's CPU for itself, thousandths of a core: the same on each node of the reports. */
const RESERVED_MILLICPU = 100;

/** The kubelet's own limit: https://kubernetes.io/docs/setup/best-practices/cluster-large/. The reports have it too. */
const MAX_PODS = "110";

/** A Droplet size: cores, memory and disk in GiB, as https://slugs.do-api.dev and `doctl compute size list` have them. */
interface DropletSize {
  readonly vcpus: number;
  readonly memoryGib: 2 | 4 | 8;
  readonly diskGib: number;
}

/** The shared-CPU sizes whose allocatable is known. `-intel` and `-amd` differ in processor and disk, not in cores and memory. */
const SIZES: ReadonlyMap<string, DropletSize> = new Map(
  Object.entries<DropletSize>({
    "s-1vcpu-2gb": { vcpus: 1, memoryGib: 2, diskGib: 50 },
    "s-2vcpu-2gb": { vcpus: 2, memoryGib: 2, diskGib: 60 },
    "s-2vcpu-4gb": { vcpus: 2, memoryGib: 4, diskGib: 80 },
    "s-2vcpu-4gb-intel": { vcpus: 2, memoryGib: 4, diskGib: 80 },
    "s-2vcpu-4gb-amd": { vcpus: 2, memoryGib: 4, diskGib: 80 },
    "s-4vcpu-8gb": { vcpus: 4, memoryGib: 8, diskGib: 160 },
    "s-4vcpu-8gb-intel": { vcpus: 4, memoryGib: 8, diskGib: 160 },
    "s-4vcpu-8gb-amd": { vcpus: 4, memoryGib: 8, diskGib: 160 },
  }),
);

/** What a node of this size offers. Throws for a size that has no row: an invented figure would prove nothing. */
export function nodeCapacity(slug: string): NodeCapacity {
  const size = SIZES.get(slug);
  if (size === undefined)
    throw new Error(
      `The rehearsal doesn't know what a node of size "${slug}" leaves for Pods; it knows ${[...SIZES.keys()].join(", ")}. ` +
        `Use one of these, or add a row to rehearsal/kubernetes/droplet-sizes.ts from \`kubectl describe node\` of a real one.`,
    );
  const memory = CAPACITY_KIB[size.memoryGib] ?? 0;
  const allocatable = ALLOCATABLE_MIB[size.memoryGib] ?? 0;
  const disk = size.diskGib * DISK_KIB_PER_GIB;
  return {
    capacity: {
      cpu: String(size.vcpus),
      memory: `${memory}Ki`,
      "ephemeral-storage": `${Math.floor(disk)}Ki`,
      pods: MAX_PODS,
    },
    allocatable: {
      cpu: `${size.vcpus * 1000 - RESERVED_MILLICPU}m`,
      memory: `${allocatable}Mi`,
      // The kubelet keeps a tenth for itself (its hard eviction limit, nodefs.available<10%), as the reports show.
      "ephemeral-storage": String(Math.floor(disk * 1024 * 0.9)),
      pods: MAX_PODS,
    },
  };
}

/** What a filesystem offers of a GiB of disk, KiB: 82394940 of 80 GiB in the report above. */
const DISK_KIB_PER_GIB = 82_394_940 / 80;
