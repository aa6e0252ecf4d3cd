import { STREAMING_SETTLE_SECONDS } from "../../config/update-time.ts";
import {
  CLUSTER_CREATE,
  DATABASE_CREATE,
  DEPLOYMENT_START,
  JOB_RUN,
  POOL_CREATE,
  ROLLOUT_WAIT,
} from "../../facts/durations.ts";

/** Estimated times of a night's steps, from the durations that the rehearsal's timeline reads. */

/** One line of a plan. */
export interface TimedStep {
  readonly title: string;
  readonly seconds: number;
  /** Type tokens, or names in the program, whose last end is the step's end. */
  readonly marks: readonly string[];
}

/** Creation of a cluster, and of its workload pool after it. */
export const CLUSTER_STEPS: readonly TimedStep[] = [
  {
    title: "cluster",
    seconds: CLUSTER_CREATE.seconds,
    marks: ["digitalocean:index/kubernetesCluster:KubernetesCluster"],
  },
];

/** Creation of the workload pool. */
export const POOL_STEPS: readonly TimedStep[] = [
  { title: "node pool", seconds: POOL_CREATE.seconds, marks: ["cluster-workloads"] },
];

/** Creation of a managed database. */
export const DATABASE_STEPS: readonly TimedStep[] = [
  {
    title: "database",
    seconds: DATABASE_CREATE.seconds,
    marks: ["postgres-cluster", "valkey-cluster"],
  },
];

/** The steps of a release, and the start of everything that serves. */
export const RELEASE_STEPS: readonly TimedStep[] = [
  {
    title: "preflight, grants, migrations",
    seconds: 4 * JOB_RUN.seconds,
    marks: ["streaming-grants"],
  },
  {
    title: "streaming, web, Sidekiq, connectors",
    seconds: DEPLOYMENT_START.seconds + STREAMING_SETTLE_SECONDS + ROLLOUT_WAIT.seconds,
    marks: ["rollout"],
  },
  { title: "last migrations", seconds: JOB_RUN.seconds, marks: ["migrate-post-deployment"] },
];

/** The start of Sidekiq after a restore. */
export const SIDEKIQ_STEPS: readonly TimedStep[] = [
  {
    title: "Sidekiq",
    seconds: DEPLOYMENT_START.seconds + ROLLOUT_WAIT.seconds,
    marks: ["rollout"],
  },
];

/** `4 min 02`, `45 s`. */
export function inMinutes(seconds: number): string {
  const whole = Math.round(seconds);
  return whole < 60
    ? `${whole} s`
    : `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, "0")}`;
}

/** The sum of a plan, seconds. */
export function totalOf(steps: readonly TimedStep[]): number {
  return steps.reduce((sum, { seconds }) => sum + seconds, 0);
}
