import {
  roomOf,
  SYSTEM_PODS,
  type Amount,
  type NodeSize,
} from "../../facts/digitalocean/droplets.ts";
import { isMediaCopied, MEDIA_COPY } from "../media-copy.ts";
import { amountOf, METRICS_SERVERS, RESOURCES } from "../resources.ts";
import type { StackConfig } from "../../config/schema.ts";
import { upkeepTasks } from "../upkeep.ts";
import type { Budget } from "./budget.ts";
import { workloadsOf, type Running, type Workload } from "./pods.ts";

type Sized = Running & Pick<StackConfig, "cluster" | "upkeep" | "backup" | "media">;

/** A situation in which all pods must be scheduled. */
interface Moment {
  readonly when: string;
  readonly nodes: readonly NodeSize[];
  readonly pods: readonly {
    readonly name: string;
    readonly each: Amount;
    readonly count: number;
  }[];
}

/**
 * The budgets of the nodes' memory and CPU, for each situation. If several are exceeded, only the
 * first is reported, because its remedy fixes most of the others. Pods are placed as the scheduler
 * does, on the node with the most free room. A sufficient sum is not enough, because a pod can't be
 * divided.
 */
export function nodeBudgets(config: Sized): readonly Budget[] {
  const moments = momentsOf(config);
  const failed = moments.find((moment) => !fits(moment));
  return moments.flatMap((moment) => {
    if (moment === failed) return overruns(moment);
    return fits(moment) ? sumsOf(moment) : [];
  });
}

/** The step that waits for the new pods, while there is one more of each. */
const ROLLOUT = { name: "rollout", each: amountOf(RESOURCES.rollout), count: 1 } as const;

/** The pod of a dump: the sum of its containers, because a pod can't be divided. */
const BACKUP = [RESOURCES.backupDump, RESOURCES.backupEncrypt, RESOURCES.backupStore]
  .map(amountOf)
  .reduce((sum, { millicpu, mib }) => ({
    millicpu: sum.millicpu + millicpu,
    mib: sum.mib + mib,
  }));

function momentsOf(config: Sized): readonly Moment[] {
  const { basePool, workloadPool } = config.cluster;
  const nodes = (workers: number): readonly NodeSize[] => [
    ...Array.from({ length: basePool.nodes }, () => basePool.size),
    ...Array.from({ length: workers }, () => workloadPool.size),
  ];
  const most = workloadPool.maxNodes ?? workloadPool.nodes;
  const workloads = workloadsOf(config);
  const pods = (count: (workload: Workload) => number): Moment["pods"] => [
    ...workloads.map((workload) => ({ ...workload, count: count(workload) })),
    {
      name: "metrics-server",
      each: amountOf(RESOURCES.metricsServer),
      count: METRICS_SERVERS[config.cluster.metricsServer],
    },
  ];
  return [
    {
      when: "at rest, while a migration and upkeep run",
      nodes: nodes(workloadPool.nodes),
      pods: [
        ...pods(({ replicas }) => replicas),
        // The search Job is as large, and runs after the migrations.
        { name: "migration", each: amountOf(RESOURCES.migration), count: 1 },
        {
          name: "upkeep",
          each: amountOf(RESOURCES.upkeep),
          // One at a time, because their hours differ.
          count: Math.min(1, upkeepTasks(config.upkeep).length),
        },
        { name: "backup", each: BACKUP, count: config.backup === undefined ? 0 : 1 },
        {
          name: MEDIA_COPY,
          each: amountOf(RESOURCES.mediaCopy),
          count: isMediaCopied(config.media) ? 1 : 0,
        },
      ],
    },
    {
      when: "during a rollout",
      nodes: nodes(most),
      pods: [...pods(({ replicas, surge }) => replicas + surge), ROLLOUT],
    },
    { when: "at the ceiling", nodes: nodes(most), pods: pods(({ maxReplicas }) => maxReplicas) },
    {
      when: "during a rollout at the ceiling",
      nodes: nodes(most),
      pods: [...pods(({ maxReplicas, surge }) => maxReplicas + surge), ROLLOUT],
    },
  ];
}

function fits({ nodes, pods }: Moment): boolean {
  const room = nodes.map((size) => ({ ...roomOf(size) }));
  const each = [
    ...SYSTEM_PODS,
    ...pods.flatMap(({ each: one, count }) => Array.from({ length: count }, () => one)),
  ];
  return each.every((pod) => {
    const [best] = room
      .filter(({ millicpu, mib }) => millicpu >= pod.millicpu && mib >= pod.mib)
      .sort((one, other) => other.mib - one.mib);
    if (best === undefined) return false;
    best.millicpu -= pod.millicpu;
    best.mib -= pod.mib;
    return true;
  });
}

/** Memory and CPU of one situation. */
function sumsOf({ when, nodes, pods }: Moment): readonly Budget[] {
  const room = nodes.map((size) => roomOf(size));
  const counted = nodes.length === 1 ? "1 node leaves" : `${nodes.length} nodes leave`;
  return (["mib", "millicpu"] as const).map((of): Budget => {
    const lines = [
      ...pods
        .filter(({ count }) => count > 0)
        .map(({ name, each, count }) => ({
          who: `${name} ${count} × ${each[of]}`,
          amount: count * each[of],
        })),
      { who: "DNS of the cluster", amount: sum(SYSTEM_PODS.map((pod) => pod[of])) },
    ];
    return {
      code: of === "mib" ? "node-memory" : "node-cpu",
      key: "cluster.workloadPool.nodes",
      what: `${of === "mib" ? "Memory" : "CPU"} of the nodes ${when}`,
      when,
      lines,
      needed: sum(lines.map(({ amount }) => amount)),
      available: sum(room.map((node) => node[of])),
      source: `${counted} after what DigitalOcean runs on each`,
      unit: of === "mib" ? " MiB" : "m of CPU",
    };
  });
}

/**
 * Budgets that are exceeded: memory, CPU, or both. If neither sum is exceeded, the pods are too
 * large for the gaps that are left on the nodes.
 */
function overruns(moment: Moment): readonly Budget[] {
  const budgets = sumsOf(moment);
  const short = budgets.filter(({ needed, available }) => needed > available);
  if (short.length > 0) return short;
  // The sums are sufficient, but no gap is: the fullest one is reported.
  const [tightest] = [...budgets].sort(
    (one, other) => other.needed / other.available - one.needed / one.available,
  );
  return [{ ...tightest!, fragmented: true }];
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
