import {
  CLOUD_DURATIONS,
  DEPLOYMENT_START,
  JOB_RUN,
  ONE_CALL,
  ROLLOUT_WAIT,
  type AssumedDuration,
  type CloudDuration,
  type RealDuration,
} from "../facts/durations.ts";

/**
 * Real durations of an update's operations. The rehearsal's timeline and the report of a preview
 * use the same. Those inside the cluster are assumptions: they are not published, and depend on
 * image cache and database size. Each use prints that they are assumed.
 */

/** A resource whose operation is timed. */
export interface Timed {
  readonly type: string;
  readonly urn: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

const NOTHING: AssumedDuration = { seconds: 0, because: "one API call" };

const KINDS: Readonly<Record<string, AssumedDuration>> = {
  "kubernetes:apps/v1:Deployment": DEPLOYMENT_START,
  "kubernetes:batch/v1:Job": JOB_RUN,
};

/**
 * Duration of an operation on an object in the cluster; zero for a single API call.
 * @param isRollout whether existing pods are replaced, one after the other.
 */
export function durationInCluster(resource: Timed, isRollout: boolean): RealDuration {
  const { type, urn } = resource;
  const { seconds, because } = urn.includes("mastodon:k8s:Rollout$")
    ? ROLLOUT_WAIT
    : (KINDS[type] ?? NOTHING);
  const pauses = pausesOf(resource, isRollout);
  const settling = pauses === 0 ? "" : `, and ${pauses} s in which new pods settle`;
  return { seconds: seconds + pauses, source: `assumed: ${because}${settling}` };
}

/** Durations of a cloud's type of resource; {@link ONE_CALL} each if it is not waited for. */
export function durationOfCloud(type: string): CloudDuration {
  const known: Readonly<Record<string, CloudDuration>> = CLOUD_DURATIONS;
  return known[type] ?? { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL };
}

/**
 * Seconds for which a Deployment waits by design: once for each pod of a rollout with one pod at a
 * time, else once.
 */
function pausesOf({ type, inputs }: Timed, isRollout: boolean): number {
  if (type !== "kubernetes:apps/v1:Deployment") return 0;
  const { minReadySeconds = 0, replicas = 1 } = (inputs?.["spec"] ?? {}) as {
    readonly minReadySeconds?: number;
    readonly replicas?: number;
  };
  return minReadySeconds * (isRollout ? replicas : 1);
}
