import type { z } from "zod";
import type { ProfileName } from "./keys/profile.ts";
import type { StackConfigSchema } from "./schema.ts";

type Written = z.input<typeof StackConfigSchema>;

/** A profile: all sizes, and no names or places. */
export interface Profile {
  readonly sizes: Pick<
    Written,
    "members" | "postgres" | "valkey" | "web" | "streaming" | "sidekiq"
  > & {
    readonly cluster: Omit<Written["cluster"], "version">;
  };
}

/**
 * Sizes for servers by number of members. `capacity` checks each against its budget, at maximum
 * scale and during a rollout, and the tests check these four. Sources of the values:
 *
 * - `medium` is vmst.io's published setup (https://docs.vmst.io). It has Puma 2 × 8, Sidekiq with
 *   25 threads ("no use above 25 to 30"), and streaming on its own host. Its Postgres has 4 vCPU, 8
 *   GiB and a standby. `default` has 20 threads, or the third web pod would have no connections.
 * - Mastodon's own defaults, 2 × 5 threads in Puma and 5 in Sidekiq, are for `small`
 *   (https://docs.joinmastodon.org/admin/scaling/).
 * - 50,000 accounts, 10,000 to 20,000 of them active, hold 800 to 1,200 streaming sockets (same
 *   page). One process carries more, so streaming's replicas are for the failure of a node.
 * - More processes come before more threads: a thread waits for Ruby's lock, a process only for
 *   memory (same page).
 * - The largest standard Postgres plan limits `large`: nearly all of its 392 connections are used.
 *   Servers with more members than it allows were seen with 40 to 128 GiB of memory for Postgres.
 *   This plan has 16 (toot.community; chaos.social, 2022). Larger plans exist (`gd-*`, `so1_5-*`).
 *   They are added to `facts/digitalocean/database-plans.ts` once there is a price for one.
 * - The cluster's default pool is the same in all four. Changing its size replaces the cluster, and
 *   a server that grows into the next profile must keep its cluster.
 *
 * The number of members that a size carries depends on their activity: watch the queues' latency,
 * and override.
 */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  /** The minimum with backups: the smallest plans, and two nodes, so that a rollout has room. */
  solo: {
    sizes: {
      members: 50,
      cluster: {
        highAvailability: false,
        basePool: { size: "s-2vcpu-4gb", nodes: 1 },
        workloadPool: { size: "s-2vcpu-4gb", nodes: 1 },
      },
      postgres: { size: "db-s-1vcpu-1gb", nodes: 1, poolConnections: 15 },
      valkey: { size: "db-s-1vcpu-1gb" },
      web: { replicas: 1, maxReplicas: 1, workers: 1, threads: 3 },
      streaming: { replicas: 1, connections: 2 },
      sidekiq: [
        {
          // One process for all queues: a second would cost a third of a node.
          name: "all",
          queues: ["default", "push", "ingress", "mailers", "pull", "scheduler", "fasp"],
          replicas: 1,
          maxReplicas: 1,
          concurrency: 5,
        },
      ],
    },
  },
  /**
   * Two pods of everything that members notice; a database without a standby: its failure costs
   * minutes, not data.
   */
  small: {
    sizes: {
      members: 500,
      cluster: {
        highAvailability: false,
        basePool: { size: "s-2vcpu-4gb", nodes: 1 },
        workloadPool: { size: "s-4vcpu-8gb", nodes: 2 },
      },
      postgres: { size: "db-s-2vcpu-4gb", nodes: 1, poolConnections: 90 },
      valkey: { size: "db-s-1vcpu-1gb" },
      web: { replicas: 2, maxReplicas: 2, workers: 2, threads: 5 },
      streaming: { replicas: 2, connections: 5 },
      sidekiq: [
        {
          name: "default",
          queues: ["default", "mailers"],
          replicas: 1,
          maxReplicas: 1,
          concurrency: 10,
        },
        {
          name: "federation",
          queues: ["push", "ingress", "pull", "fasp"],
          replicas: 1,
          maxReplicas: 1,
          concurrency: 10,
        },
        {
          name: "scheduler",
          queues: ["scheduler"],
          replicas: 1,
          maxReplicas: 1,
          concurrency: 5,
        },
      ],
    },
  },
  medium: {
    sizes: {
      members: 5_000,
      cluster: {
        highAvailability: true,
        basePool: { size: "s-2vcpu-4gb", nodes: 1 },
        workloadPool: { size: "s-4vcpu-8gb", nodes: 3, maxNodes: 4 },
      },
      postgres: { size: "db-s-4vcpu-8gb", nodes: 2, poolConnections: 190 },
      valkey: { size: "db-s-1vcpu-2gb" },
      web: { replicas: 2, maxReplicas: 3, workers: 2, threads: 8 },
      streaming: { replicas: 2, connections: 10 },
      sidekiq: [
        {
          name: "default",
          queues: ["default", "mailers"],
          replicas: 1,
          maxReplicas: 1,
          concurrency: 20,
        },
        {
          name: "federation",
          queues: ["push", "ingress", "pull", "fasp"],
          replicas: 1,
          maxReplicas: 1,
          concurrency: 25,
        },
        {
          name: "scheduler",
          queues: ["scheduler"],
          replicas: 1,
          maxReplicas: 1,
          concurrency: 5,
        },
      ],
    },
  },
  /**
   * Federation is separate from work for which members wait, and other work is separate from both.
   */
  large: {
    sizes: {
      members: 8_000,
      cluster: {
        highAvailability: true,
        basePool: { size: "s-2vcpu-4gb", nodes: 1 },
        workloadPool: { size: "s-4vcpu-8gb", nodes: 5, maxNodes: 7 },
      },
      postgres: { size: "db-s-6vcpu-16gb", nodes: 2, poolConnections: 390 },
      valkey: { size: "db-s-2vcpu-4gb" },
      web: { replicas: 6, maxReplicas: 8, workers: 2, threads: 8 },
      streaming: { replicas: 3, connections: 10 },
      sidekiq: [
        {
          name: "default",
          queues: ["default", "mailers"],
          replicas: 2,
          maxReplicas: 2,
          concurrency: 25,
        },
        {
          name: "federation",
          queues: ["push", "ingress"],
          replicas: 2,
          maxReplicas: 3,
          concurrency: 25,
        },
        { name: "pull", queues: ["pull", "fasp"], replicas: 1, maxReplicas: 1, concurrency: 10 },
        {
          name: "scheduler",
          queues: ["scheduler"],
          replicas: 1,
          maxReplicas: 1,
          concurrency: 5,
        },
      ],
    },
  },
};
