import type { Amount } from "../../facts/digitalocean/droplets.ts";
import {
  amountOf,
  FIXED_REPLICAS,
  RESOURCES,
  sidekiqResources,
  webResources,
} from "../resources.ts";
import type { StackConfig } from "../../config/schema.ts";

/** Number of pods of each kind, and the maximum at one time. */

/** The pods of one Deployment. */
export interface Workload {
  readonly name: string;
  /** Pods that always run. */
  readonly replicas: number;
  /** Maximum under load. */
  readonly maxReplicas: number;
  /** Extra pods during a rolling update; 0 if the old pod is stopped first (`Recreate`). */
  readonly surge: 0 | 1;
  /** Requests of one pod. */
  readonly each: Amount;
}

/** The configuration keys that determine how many pods run. */
export type Running = Pick<StackConfig, "web" | "streaming" | "sidekiq" | "metrics">;

/** The web Deployment; with metrics each pod also has an exporter. */
export function webWorkload({ web, metrics }: Pick<Running, "web" | "metrics">): Workload {
  const { replicas, maxReplicas } = web;
  const puma = amountOf(webResources(web));
  const exporter = metrics === undefined ? { millicpu: 0, mib: 0 } : amountOf(RESOURCES.exporter);
  const each = { millicpu: puma.millicpu + exporter.millicpu, mib: puma.mib + exporter.mib };
  return { name: "web", replicas, maxReplicas, surge: 1, each };
}

/**
 * The streaming Deployment. It is not autoscaled, because every added or removed pod drops sockets.
 */
export function streamingWorkload({ replicas }: StackConfig["streaming"]): Workload {
  return {
    name: "streaming",
    replicas,
    maxReplicas: replicas,
    surge: 1,
    each: amountOf(RESOURCES.streaming),
  };
}

/** A Sidekiq group. The one with the scheduler stops before its replacement starts. */
export function sidekiqWorkload(group: StackConfig["sidekiq"][number]): Workload {
  const { name, replicas, maxReplicas, queues } = group;
  return {
    name: `sidekiq-${name}`,
    replicas,
    maxReplicas,
    surge: queues.includes("scheduler") ? 0 : 1,
    each: amountOf(sidekiqResources(group)),
  };
}

/** Every Deployment of the stack, the largest pods first. */
export function workloadsOf(config: Running): readonly Workload[] {
  const { streaming, sidekiq } = config;
  return [
    webWorkload(config),
    ...sidekiq.map(sidekiqWorkload),
    streamingWorkload(streaming),
    fixedWorkload("cloudflared", "connector"),
    fixedWorkload("assets", "assets"),
  ];
}

function fixedWorkload(name: string, role: keyof typeof FIXED_REPLICAS): Workload {
  const replicas = FIXED_REPLICAS[role];
  return { name, replicas, maxReplicas: replicas, surge: 1, each: amountOf(RESOURCES[role]) };
}

/** Maximum number of a Deployment's pods at one time: at maximum scale, during a rollout. */
export function mostOf({ maxReplicas, surge }: Workload): number {
  return maxReplicas + surge;
}

/** "web 3 + 1 pods"; the second number is the surge of a rollout. */
export function countOf({ name, maxReplicas, surge }: Workload): string {
  return `${name} ${maxReplicas}${surge === 0 ? "" : ` + ${surge}`} pods`;
}
