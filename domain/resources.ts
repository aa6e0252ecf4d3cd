import type { Amount } from "../facts/digitalocean/droplets.ts";
import type { StackConfig } from "../config/schema.ts";

/**
 * Requests and limits of each container. The Pods and the capacity sums both use them. Measured
 * values of peers are named if known; none is a guess about DigitalOcean's machines.
 */

/** A quantity of CPU: `250m` or `2`. */
export type Cpu = `${number}m` | `${number}`;
/** A quantity of memory: `512Mi`. */
export type Memory = `${number}Mi`;

/** Requests and limits of a container. */
export interface Resources {
  readonly cpu: Cpu;
  /** Requested memory is also the limit for scheduling, because memory can't be throttled. */
  readonly memory: Memory;
  readonly cpuLimit: Cpu;
  readonly memoryLimit: Memory;
}

/** Copies files, serves static ones. */
const TINY: Resources = { cpu: "50m", memory: "64Mi", cpuLimit: "500m", memoryLimit: "256Mi" };

/**
 * By purpose. An init container needs less than the container after it, so a Pod needs as much as
 * its container.
 */
export const RESOURCES = {
  streaming: { cpu: "100m", memory: "256Mi", cpuLimit: "1", memoryLimit: "512Mi" },
  assets: TINY,
  /** Copies the image's boot cache before Sidekiq starts. */
  workFolder: TINY,
  connector: { cpu: "50m", memory: "128Mi", cpuLimit: "1", memoryLimit: "256Mi" },
  /** Ruby with three gems, not Rails. */
  preflight: { cpu: "100m", memory: "128Mi", cpuLimit: "1", memoryLimit: "256Mi" },
  /** A migration; afterwards also the Job that fills the search server. */
  migration: { cpu: "250m", memory: "512Mi", cpuLimit: "2", memoryLimit: "1536Mi" },
  /** One `tootctl` of few threads (toot.community's measured 510Mi to 665Mi with five). */
  upkeep: { cpu: "250m", memory: "512Mi", cpuLimit: "2", memoryLimit: "1536Mi" },
  /**
   * prometheus_exporter in web's pod (the official chart's: 100m and 180M, at most 500m and 250M).
   */
  exporter: { cpu: "100m", memory: "192Mi", cpuLimit: "500m", memoryLimit: "256Mi" },
  /**
   * Upstream's requests, for up to 100 nodes (kubernetes-sigs/metrics-server, its README,
   * "Scaling").
   */
  metricsServer: { cpu: "100m", memory: "200Mi", cpuLimit: "500m", memoryLimit: "400Mi" },
  grants: { cpu: "50m", memory: "64Mi", cpuLimit: "500m", memoryLimit: "128Mi" },
  /**
   * The three containers of a dump. Measured on 1.9 GB: pg_dump 12 MiB, encryption on Node 142 MiB,
   * rclone 67 MiB.
   */
  backupDump: { cpu: "100m", memory: "64Mi", cpuLimit: "1", memoryLimit: "64Mi" },
  backupEncrypt: { cpu: "50m", memory: "192Mi", cpuLimit: "1", memoryLimit: "192Mi" },
  backupStore: { cpu: "50m", memory: "128Mi", cpuLimit: "1", memoryLimit: "128Mi" },
  /**
   * rclone with the names of two buckets: about 1 KiB of memory for each object
   * (https://rclone.org/s3/#reducing-costs). The limit is reached at half a million objects.
   */
  mediaCopy: { cpu: "100m", memory: "256Mi", cpuLimit: "1", memoryLimit: "1024Mi" },
  /** One of the programs of a restore: rclone, Node, or pg_restore with a few connections. */
  restore: { cpu: "250m", memory: "256Mi", cpuLimit: "2", memoryLimit: "512Mi" },
  /** Ruby without a gem, and the list of pods in memory. */
  rollout: TINY,
} as const satisfies Readonly<Record<string, Resources>>;

/**
 * Number of metrics-servers: this program's is one, DigitalOcean's 1-click one two
 * (digitalocean/marketplace-kubernetes `stacks/metrics-server/values.yml`), of the same size.
 */
export const METRICS_SERVERS = { install: 1, present: 2 } as const;

/**
 * Number of pods that does not depend on the configuration: two each, because one may be on a node
 * that fails.
 */
export const FIXED_REPLICAS = { assets: 2, connector: 2 } as const;

/**
 * One web Pod. Puma's master and shared memory take 512Mi, each worker as much again (the official
 * chart: 768Mi for one, 1280Mi for two; toot.community: 1045Mi for two). With more workers in the
 * same memory, the kernel's OOM killer stops them.
 */
export function webResources({ workers }: Pick<StackConfig["web"], "workers">): Resources {
  return {
    cpu: `${250 * workers}m`,
    memory: `${512 + 512 * workers}Mi`,
    cpuLimit: `${Math.max(2, workers)}`,
    memoryLimit: `${512 + 1024 * workers}Mi`,
  };
}

/**
 * One Sidekiq Pod. The official chart suggests 512Mi to 768Mi, toot.community measured 541Mi with
 * 25 threads. Up to ten threads use less.
 */
export function sidekiqResources({
  concurrency,
}: Pick<StackConfig["sidekiq"][number], "concurrency">): Resources {
  return {
    cpu: "250m",
    memory: concurrency <= 10 ? "512Mi" : "768Mi",
    cpuLimit: "2",
    memoryLimit: "1536Mi",
  };
}

/** Requests of a container as numbers, by which the scheduler places it. */
export function amountOf({ cpu, memory }: Resources): Amount {
  return {
    millicpu: cpu.endsWith("m") ? Number.parseInt(cpu, 10) : Number(cpu) * 1000,
    mib: Number.parseInt(memory, 10),
  };
}
