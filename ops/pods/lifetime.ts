import type { V1Job, V1Pod } from "@kubernetes/client-node";
import { NAMESPACE } from "../../config/topology.ts";
import { reasonOf, type Cluster } from "./cluster.ts";

/** How often the cluster is asked how the pod is, milliseconds. */
const LOOK_MS = 500;
/** So long a pod may take until it runs, milliseconds: a node may have to come up first, and pull the image. */
const START_MS = 600_000;
/** So long a deleted pod may take to be gone, milliseconds. */
const GONE_MS = 90_000;

/** What a container waits for in vain: it never comes by itself. */
const HOPELESS =
  /^(ErrImagePull|ImagePullBackOff|InvalidImageName|CreateContainer(Config)?Error)$/u;

/** How a command ended. */
export interface Ending {
  /** The command's own; 1 where the cluster ended it. */
  readonly status: number;
  /** A sentence, where it was not the command that ended. */
  readonly says?: string;
}

/**
 * Makes the Job, waits until its pod runs, lets `use` work with it, and deletes both, whatever happens: also when `signal` aborts. If
 * this process is killed the cluster does it: by the Job's deadline and its `ttlSecondsAfterFinished`.
 * @throws Error where the pod never runs, with the cluster's own words for why.
 */
export async function withPod<T>(
  cluster: Cluster,
  job: V1Job,
  signal: AbortSignal,
  use: (pod: V1Pod) => Promise<T>,
): Promise<T> {
  signal.throwIfAborted();
  const made = await cluster.batch
    .createNamespacedJob({ namespace: NAMESPACE, body: job })
    .catch((error: unknown) => {
      throw new Error(`The cluster does not take the Job: ${reasonOf(error)}`, { cause: error });
    });
  const name = made.metadata!.name!;
  try {
    return await use(await started(cluster, name, signal));
  } finally {
    await removed(cluster, name);
  }
}

/** How the pod's one container ended; waits for it. */
export async function ended(cluster: Cluster, pod: V1Pod, signal: AbortSignal): Promise<Ending> {
  for (;;) {
    signal.throwIfAborted();
    const now = await podOfJob(cluster, jobOf(pod));
    if (now === undefined)
      return {
        status: 1,
        says: "The pod is gone before the command was done: its deadline passed, or somebody deleted it.",
      };
    const ending = endingOf(now);
    if (ending !== undefined) return ending;
    await pause(LOOK_MS);
  }
}

/** How a pod ended; undefined while it runs. */
export function endingOf({ status }: V1Pod): Ending | undefined {
  const over = status?.containerStatuses?.[0]?.state?.terminated;
  if (over?.reason === "OOMKilled")
    return {
      status: over.exitCode || 1,
      says: "The command took more memory than its pod has and was stopped by the kernel. With fewer threads (--concurrency 1) it takes less.",
    };
  if (over !== undefined) return { status: over.exitCode };
  if (status?.phase === "Succeeded") return { status: 0 };
  return status?.phase === "Failed"
    ? {
        status: 1,
        says: `The cluster ended the pod: ${status.reason ?? ""} ${status.message ?? ""}`,
      }
    : undefined;
}

async function started(cluster: Cluster, job: string, signal: AbortSignal): Promise<V1Pod> {
  const until = Date.now() + START_MS;
  for (;;) {
    signal.throwIfAborted();
    const pod = await podOfJob(cluster, job);
    if (pod !== undefined && pod.status?.phase !== "Pending") return pod;
    const waiting = pod?.status?.containerStatuses?.[0]?.state?.waiting;
    if (HOPELESS.test(waiting?.reason ?? "") || Date.now() > until || (await refused(cluster, job)))
      throw new Error(
        `The pod does not start: ${[waiting?.reason, waiting?.message, ...(await warnings(cluster, job))].filter(Boolean).join("; ") || "nothing says why"}.`,
      );
    await pause(LOOK_MS);
  }
}

/** Whether the API server let the Job make no pod (Pod Security, a quota): it would go on trying. */
async function refused(cluster: Cluster, job: string): Promise<boolean> {
  return (await eventsOf(cluster, job)).some(({ reason }) => reason === "FailedCreate");
}

async function warnings(cluster: Cluster, job: string): Promise<readonly string[]> {
  const events = await eventsOf(cluster, job);
  return [...new Set(events.map(({ message }) => message ?? ""))];
}

async function eventsOf(cluster: Cluster, job: string) {
  const { items } = await cluster.core.listNamespacedEvent({
    namespace: NAMESPACE,
    fieldSelector: "type=Warning",
  });
  return items.filter(({ involvedObject }) => involvedObject.name?.startsWith(job));
}

async function podOfJob(cluster: Cluster, job: string): Promise<V1Pod | undefined> {
  const { items } = await cluster.core.listNamespacedPod({
    namespace: NAMESPACE,
    labelSelector: `batch.kubernetes.io/job-name=${job}`,
  });
  return items[0];
}

function jobOf(pod: V1Pod): string {
  return pod.metadata!.labels!["batch.kubernetes.io/job-name"]!;
}

/** Deletes the Job with its pod and waits until both are gone. @throws Error with the command to do it by hand. */
async function removed(cluster: Cluster, name: string): Promise<void> {
  const byHand = `Delete it by hand: kubectl -n ${NAMESPACE} delete job ${name}`;
  try {
    await cluster.batch.deleteNamespacedJob({
      name,
      namespace: NAMESPACE,
      propagationPolicy: "Background",
    });
    const until = Date.now() + GONE_MS;
    while ((await podOfJob(cluster, name)) !== undefined) {
      if (Date.now() > until) throw new Error(`its pod is still there after ${GONE_MS / 1000} s`);
      await pause(LOOK_MS);
    }
  } catch (error) {
    // Its own end came first: the cluster has cleaned up.
    if ((error as { code?: unknown }).code === 404) return;
    throw new Error(`The Job "${name}" may be left: ${reasonOf(error)}. ${byHand}`, {
      cause: error,
    });
  }
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((done) => setTimeout(done, milliseconds));
}
