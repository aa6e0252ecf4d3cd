import type { CoreV1Event, V1Job, V1Pod } from "@kubernetes/client-node";
import { NAMESPACE } from "../../config/topology.ts";

/**
 * Ending of a Job that a person waits for, or the reason why it does not begin. The Job fails, and
 * the pod's conditions say why: the pod alone is silent once it is gone. Only reasons decide, which
 * are codes; messages are shown and never read. Pure.
 */

/** The state of a Job at one moment. */
export interface Seen {
  /** Undefined where somebody deleted it. */
  readonly job: V1Job | undefined;
  /** Its pod as it was last seen; undefined before there is one. */
  readonly pod: V1Pod | undefined;
  /** Since then the pod is gone, milliseconds of the clock; undefined while it is there. */
  readonly goneAt: number | undefined;
  /** Events of the pod, or of the Job before it has one. */
  readonly events: readonly CoreV1Event[];
  /** The moment, milliseconds of the clock. */
  readonly now: number;
}

/** The end of a command. */
export interface Ending {
  /** The command's own; 1 where the cluster ended it before it had one. */
  readonly status: number;
  /** A sentence, where it was not the command that ended. */
  readonly says?: string;
}

/**
 * So long the object that fails may take to say so, and a kubelet to end what it was told to,
 * milliseconds.
 */
const SLACK_MS = 15_000;

/**
 * Reasons of a pod's condition `DisruptionTarget`
 * (https://kubernetes.io/docs/concepts/workloads/pods/disruptions/#pod-disruption-conditions).
 */
const DISRUPTIONS: Readonly<Record<string, string>> = {
  EvictionByEvictionAPI: "It was stopped because its node is being emptied",
  DeletionByTaintManager:
    "It was stopped because its node does not answer; there it may still run until the node is gone",
  DeletionByPodGC: "Its node is gone, and the command with it",
  TerminationByKubelet: "Its node stopped it: it is short of memory or disk, or is being shut down",
};

/**
 * The reason of that condition for a pod that gave way to one of higher priority, and of the event
 * beside it.
 */
const PREEMPTION = { condition: "PreemptionByScheduler", event: "Preempted" } as const;

/** Reasons of a container that is over which only say that its program ended. */
const ITS_OWN = /^(Completed|Error)$/u;

/** Reasons for which a container waits in vain: none of them passes by itself. */
const HOPELESS =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|CreateContainer(Config)?Error)$/u;

/** The end of a command; undefined while it runs, or may still begin. */
export function endingOf(seen: Seen): Ending | undefined {
  const { job, pod, goneAt, now } = seen;
  const over = pod?.status?.containerStatuses?.[0]?.state?.terminated;
  const failed = conditionOf(job, "Failed") ?? conditionOf(job, "FailureTarget");
  if (over?.exitCode === 0 || pod?.status?.phase === "Succeeded" || conditionOf(job, "Complete"))
    return { status: 0 };
  if (over === undefined && goneAt === undefined && stillRuns(pod, now)) return undefined;
  const status = over?.exitCode || 1;
  const says = (sentence: string): Ending => ({ status, says: sentence });
  if (over?.reason === "OOMKilled")
    return says(
      "The command took more memory than its pod has and was stopped by the kernel. With fewer threads (--concurrency 1) it takes less.",
    );
  const disrupted = disruptionOf(seen);
  if (disrupted !== undefined) return says(disrupted);
  if (failed?.reason === "DeadlineExceeded")
    return says(
      `Its time was over, ${job!.spec?.activeDeadlineSeconds} seconds, and the cluster stopped it. \`npm run tootctl -- --hours 24 …\` gives a command more.`,
    );
  const gone = wasDeleted(pod) || (goneAt !== undefined && over === undefined);
  if (gone && (job === undefined || job.metadata?.deletionTimestamp !== undefined))
    return says("Somebody deleted its Job, and the pod with it. Run it again.");
  // A pod that is gone without a word has a Job that fails in a moment, and says why if it knows.
  if (wasDeleted(pod) || (gone && (failed !== undefined || now - goneAt! > SLACK_MS)))
    return says("Its pod was taken away: somebody deleted it, or emptied its node. Run it again.");
  if (over !== undefined)
    return ITS_OWN.test(over.reason ?? "Error")
      ? { status }
      : says(`The container was ended ${told(over)}`);
  if (pod?.status?.phase === "Failed")
    return says(`The cluster ended the pod ${told(pod.status)} Run it again.`);
  if (job === undefined) return says("Somebody deleted its Job. Run it again.");
  return failed === undefined || gone ? undefined : says(`The Job failed ${told(failed)}`);
}

/** Why a pod never begins, as the end of a sentence; undefined where it may still. */
export function hopelessOf({ job, pod, events }: Seen): string | undefined {
  const waiting = pod?.status?.containerStatuses?.[0]?.state?.waiting;
  if (HOPELESS.test(waiting?.reason ?? "")) return told(waiting!);
  if (pod !== undefined) return undefined;
  // Its controller would go on trying for ever: what Pod Security or a quota refuses, they refuse
  // again.
  const refused = events.findLast(({ reason }) => reason === "FailedCreate");
  return job !== undefined && refused !== undefined ? told(refused) : undefined;
}

/** The thing that a pod that may still begin waits for, as the end of a sentence. */
export function waitsFor({ pod }: Seen): string {
  if (pod === undefined) return "for its controller to make the pod.";
  const placed = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (placed?.status === "False")
    return `for room on a node ${told(placed)} \`kubectl -n ${NAMESPACE} get pods\` shows what else runs.`;
  const waiting = pod.status?.containerStatuses?.[0]?.state?.waiting;
  return `on its node ${told(waiting ?? { reason: "ContainerCreating" })}`;
}

/** Whether a pod's node has lost touch with it: all it reports is old. */
export function isOutOfTouch({ pod, goneAt }: Seen): boolean {
  return (
    goneAt === undefined &&
    pod?.status?.containerStatuses?.[0]?.state?.running !== undefined &&
    pod.status.conditions?.some(({ type, status }) => type === "Ready" && status === "False") ===
      true
  );
}

/** Whether a pod's program runs, also in the seconds that a deleted one has to end by itself. */
function stillRuns(pod: V1Pod | undefined, now: number): boolean {
  const goesAt = pod?.metadata?.deletionTimestamp?.getTime() ?? Infinity;
  return pod?.status?.phase === "Running" && now <= goesAt + SLACK_MS;
}

/** Whether a pod was told to go before its program was over. */
function wasDeleted(pod: V1Pod | undefined): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod?.metadata ?? {};
  if (deletionTimestamp === undefined) return false;
  const overAt = pod?.status?.containerStatuses?.[0]?.state?.terminated?.finishedAt?.getTime();
  return (overAt ?? Infinity) >= deletionTimestamp.getTime() - deletionGracePeriodSeconds * 1_000;
}

/** A sentence for a pod that the cluster took away; undefined where it did not. */
function disruptionOf({ pod, events }: Seen): string | undefined {
  const target = pod?.status?.conditions?.find(
    ({ type, status }) => type === "DisruptionTarget" && status === "True",
  );
  const preempted = events.findLast(({ reason }) => reason === PREEMPTION.event);
  if (target?.reason === PREEMPTION.condition || (target === undefined && preempted !== undefined))
    return `It was stopped to make room for ${preempted?.related?.name ?? "what members wait for"} ${told(target ?? preempted!)} Run it again.`;
  if (target === undefined) return undefined;
  const why = DISRUPTIONS[target.reason ?? ""] ?? "The cluster stopped it";
  const more = pod?.status?.message;
  return `${why} ${told(target)}${more === undefined ? "" : ` ${more}`} Run it again.`;
}

function conditionOf(job: V1Job | undefined, type: string) {
  return job?.status?.conditions?.find((each) => each.type === type && each.status === "True");
}

/** Reason and message as the API has them, in brackets. */
function told({
  reason,
  message,
}: {
  readonly reason?: string | undefined;
  readonly message?: string | undefined;
}): string {
  const both = [reason, message?.trim().replace(/\.$/u, "")].filter(Boolean).join(": ");
  return `(${both || "no reason is given"}).`;
}
