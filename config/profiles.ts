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
 * Sizes for a server of so many members. `capacity` holds each against its budget, at its ceiling
 * and during a rollout, and the tests hold these four. Where the values come from:
 * - `medium` is vmst.io's published set-up: Puma 2 × 8, Sidekiq with 25 threads ("no use above 25
 *   to 30"), streaming on its own host, Postgres with 4 vCPU and 8 GiB and a standby
 *   (https://docs.vmst.io). `default` has 20 threads, or the third web pod would have no
 *   connections.
 * - Mastodon's own defaults, 2 × 5 threads in Puma and 5 in Sidekiq, are for `small`
 *   (https://docs.joinmastodon.org/admin/scaling/).
 * - 50,000 accounts, 10,000 to 20,000 of them active, hold 800 to 1,200 streaming sockets (same
 *   page); one process carries more, so streaming's replicas are there for the day that one node
 *   goes.
 * - More processes before more threads: a thread waits for Ruby's lock, a process only for memory
 *   (same page).
 * - The largest standard Postgres plan bounds `large`: its 392 connections are given out nearly to
 *   the last, and servers of more members than it names were seen with 40 to 128 GiB of memory for
 *   Postgres, where this plan has 16 (toot.community; chaos.social, 2022). Plans beyond it exist
 *   (`gd-*`, `so1_5-*`); they come into `facts/digitalocean/database-plans.ts` once somebody has a
 * price for one.
 * - The pool that the cluster is born with is the same in all four: its size is the cluster's life,
 *   and a server that grows into the next profile must keep its cluster. How many members a size
 *   really carries depends on how they live: watch the queues' latency, and override.
 */
export const PROFILES: Readonly<Record<ProfileName, Profile>> = {
  /**
   * The least that runs everything, with backups: the smallest plans, and two nodes between which a
   * rollout finds its room.
   */
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
   * Two of what members notice; a database without a standby: its failure costs minutes, not data.
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
  /** Federation apart from what members wait for, and what they don't wait for apart from both. */
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
