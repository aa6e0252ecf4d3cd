import { STREAMING_SETTLE_SECONDS } from "../../config/update-time.ts";
import {
  CLUSTER_CREATE,
  DATABASE_CREATE,
  DEPLOYMENT_START,
  JOB_RUN,
  POOL_CREATE,
  RESTORE_5GB,
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

/** A dump into a new database, of 5 GB. */
export const RESTORE_STEPS: readonly TimedStep[] = [
  { title: "dump into the database (5 GB)", seconds: RESTORE_5GB.seconds, marks: ["restore"] },
  { title: "rights, check of the keys", seconds: 2 * JOB_RUN.seconds, marks: ["restore-canary"] },
];

/** A dump as a second database beside the one that serves, and one member's rows out of it. */
const BESIDE_STEPS: readonly TimedStep[] = [
  { title: "dump into a second database (5 GB)", seconds: RESTORE_5GB.seconds, marks: [] },
  { title: "pods of the four steps", seconds: 4 * JOB_RUN.seconds, marks: [] },
];

/** The start of Sidekiq after a restore. */
export const SIDEKIQ_STEPS: readonly TimedStep[] = [
  {
    title: "Sidekiq",
    seconds: DEPLOYMENT_START.seconds + ROLLOUT_WAIT.seconds,
    marks: ["rollout"],
  },
];

const step = (title: string, seconds: number): TimedStep => ({ title, seconds, marks: [] });

/** Steps of a few calls. Their times are assumed: nothing in them is waited for. */
export const CALLS = {
  noConnector: step("no connector of the old cluster", 5),
  takenOut: step("what is lost leaves the state", 10),
  copy: step("newest whole copy of the state", 15),
  adopt: step("what exists and the state lacks", 45),
  guard: step("preview: nothing replaced or deleted", 30),
  upOverFound: step("update over what was found", 60),
  fence: step("no connector of the old world", 60),
  leave: step("what is lost for good leaves the state", 10),
  place: step("the stack file names the new region", 1),
  origin: step("the stack file names the new database", 10),
  checkFirst: step("check before Sidekiq starts", 30),
  startSidekiq: step("the stack file starts Sidekiq", 1),
  check: step("check from outside", 30),
} as const;

/**
 * Cloudflare's part of an update: single calls. A new tunnel has a new id, so connectors roll, too.
 */
export const EDGE_STEPS: readonly TimedStep[] = [
  {
    title: "tunnel, records, hosts, connectors",
    seconds: DEPLOYMENT_START.seconds + 10,
    marks: [],
  },
];

/** An empty account. Databases are made while the cluster is. */
export const EVERYTHING_STEPS: readonly TimedStep[] = [
  ...CLUSTER_STEPS,
  ...POOL_STEPS,
  ...RESTORE_STEPS,
  ...RELEASE_STEPS,
];

/** The end of a night whose data is another one: Sidekiq starts after a look from outside. */
const ENDING_STEPS = [CALLS.checkFirst, CALLS.startSidekiq, ...SIDEKIQ_STEPS, CALLS.check] as const;

/** All steps of each night, in their order. */
export const NIGHTS = {
  cluster: [
    CALLS.noConnector,
    CALLS.takenOut,
    ...CLUSTER_STEPS,
    ...POOL_STEPS,
    ...RELEASE_STEPS,
    CALLS.check,
  ],
  pool: [CALLS.takenOut, ...POOL_STEPS, CALLS.check],
  valkey: [CALLS.takenOut, ...DATABASE_STEPS, ...RELEASE_STEPS, CALLS.check],
  accounts: BESIDE_STEPS,
  fork: [CALLS.origin, ...RELEASE_STEPS, ...ENDING_STEPS],
  dump: [CALLS.origin, ...DATABASE_STEPS, ...RESTORE_STEPS, ...RELEASE_STEPS, ...ENDING_STEPS],
  account: [CALLS.fence, CALLS.leave, CALLS.origin, ...EVERYTHING_STEPS, ...ENDING_STEPS],
  region: [
    CALLS.fence,
    CALLS.leave,
    CALLS.place,
    CALLS.origin,
    ...EVERYTHING_STEPS,
    ...ENDING_STEPS,
  ],
  state: [CALLS.copy, CALLS.adopt, CALLS.guard, CALLS.upOverFound, CALLS.check],
  edge: [CALLS.takenOut, ...EDGE_STEPS, CALLS.check],
} as const satisfies Readonly<Record<string, readonly TimedStep[]>>;

/** Estimated minutes of a night. */
export function minutesOfNight(night: keyof typeof NIGHTS): number {
  return Math.ceil(totalOf(NIGHTS[night]) / 60);
}

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
