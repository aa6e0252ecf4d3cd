import type { CoreV1Event, V1Job, V1Pod } from "@kubernetes/client-node";
import { NAMESPACE } from "../../config/topology.ts";

/**
 * End of a Job that an operator waits for, or the reason why it does not start. The Job fails and
 * the pod's conditions give the reason, because a deleted pod has none. Decisions use only reason
 * codes; messages are shown and never parsed.
 */

/** State of a Job at one moment. */
export interface Seen {
  /** Undefined if the Job was deleted. */
  readonly job: V1Job | undefined;
  /** Its pod as last seen; undefined before there is one. */
  readonly pod: V1Pod | undefined;
  /** When the pod disappeared, milliseconds of the clock; undefined while it exists. */
  readonly goneAt: number | undefined;
  /** Events of the pod, or of the Job before it has a pod. */
  readonly events: readonly CoreV1Event[];
  /** Current time, milliseconds of the clock. */
  readonly now: number;
}

/** End of a command. */
export interface Ending {
  /** Exit status of the command; 1 if the cluster ended it before it had one. */
  readonly status: number;
  /** A message, if the command did not end on its own. */
  readonly says?: string;
}

/** Milliseconds for a failing object to report the failure, and for a kubelet to end a pod. */
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
 * Reason of that condition for a pod that was preempted by one of higher priority, and reason of
 * the event for it.
 */
const PREEMPTION = { condition: "PreemptionByScheduler", event: "Preempted" } as const;

/** Reasons of a terminated container that mean only that its program ended. */
const ITS_OWN = /^(Completed|Error)$/u;

/** Reasons for which a container waits in vain: none of them passes without a change. */
const HOPELESS =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|ErrImageNeverPull|CreateContainer(Config)?Error)$/u;

/** Returns the end of a command; undefined while it runs or may still start. */
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
  // If a pod disappears without a reason, its Job fails soon and gives the reason if it has one.
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

/** Returns why a pod can't start, as the end of a sentence; undefined if it still may. */
export function hopelessOf({ job, pod, events }: Seen): string | undefined {
  const waiting = pod?.status?.containerStatuses?.[0]?.state?.waiting;
  if (HOPELESS.test(waiting?.reason ?? "")) return told(waiting!);
  if (pod !== undefined) return undefined;
  // The controller would retry without end: Pod Security or a quota refuses the pod each time.
  const refused = events.findLast(({ reason }) => reason === "FailedCreate");
  return job !== undefined && refused !== undefined ? told(refused) : undefined;
}

/** Returns what a pod that may still start waits for, as the end of a sentence. */
export function waitsFor({ pod }: Seen): string {
  if (pod === undefined) return "for its controller to make the pod.";
  const placed = pod.status?.conditions?.find(({ type }) => type === "PodScheduled");
  if (placed?.status === "False")
    return `for room on a node ${told(placed)} \`kubectl -n ${NAMESPACE} get pods\` shows what else runs.`;
  const waiting = pod.status?.containerStatuses?.[0]?.state?.waiting;
  return `on its node ${told(waiting ?? { reason: "ContainerCreating" })}`;
}

/** Whether the pod's node does not report, so that the pod's status is outdated. */
export function isOutOfTouch({ pod, goneAt }: Seen): boolean {
  return (
    goneAt === undefined &&
    pod?.status?.containerStatuses?.[0]?.state?.running !== undefined &&
    pod.status.conditions?.some(({ type, status }) => type === "Ready" && status === "False") ===
      true
  );
}

/** Whether a pod's program runs, also during the grace period of a deleted pod. */
function stillRuns(pod: V1Pod | undefined, now: number): boolean {
  const goesAt = pod?.metadata?.deletionTimestamp?.getTime() ?? Infinity;
  return pod?.status?.phase === "Running" && now <= goesAt + SLACK_MS;
}

/** Whether a pod was deleted before its program ended. */
function wasDeleted(pod: V1Pod | undefined): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds = 0 } = pod?.metadata ?? {};
  if (deletionTimestamp === undefined) return false;
  const overAt = pod?.status?.containerStatuses?.[0]?.state?.terminated?.finishedAt?.getTime();
  return (overAt ?? Infinity) >= deletionTimestamp.getTime() - deletionGracePeriodSeconds * 1_000;
}

/** Returns a message for a pod that the cluster evicted; undefined if it did not. */
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

/** Reason and message of the API, in brackets. */
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
