import type { V1Job, V1Pod } from "@kubernetes/client-node";
import { NAMESPACE } from "../../config/topology.ts";
import { reasonOf, type Cluster } from "./cluster.ts";
import { endingOf, hopelessOf, isOutOfTouch, waitsFor, type Ending, type Seen } from "./ending.ts";

/** Lifetime of a command's pod: it is created, waited for and deleted. */

/** Milliseconds between two requests for the pod's state. */
const LOOK_MS = 500;
/** Milliseconds in which a pod must run. A node may have to start first, and pull the image. */
const START_MS = 600_000;
/**
 * Milliseconds of waiting after which the operator gets a message, and the interval of later ones.
 */
const WORD_MS = { first: 5_000, then: 60_000 } as const;
/**
 * Milliseconds for which the cluster's API may be unreachable while a command runs. An upgrade of
 * DOKS takes minutes.
 */
const AWAY_MS = 600_000;
/** Milliseconds in which a deleted pod must be gone. */
const GONE_MS = 90_000;

/** Prints a message for the waiting operator. */
export type Say = (sentence: string) => void;

const SILENT: Say = () => undefined;

/**
 * Creates the Job, waits until its pod runs, calls `use` with it, and always deletes both, also if
 * `signal` aborts. If this process is killed, the cluster deletes them: by the Job's deadline and
 * its `ttlSecondsAfterFinished`.
 * @throws Error if the pod never runs, with the cluster's reason.
 */
export async function withPod<T>(
  cluster: Cluster,
  job: V1Job,
  signal: AbortSignal,
  use: (pod: V1Pod) => Promise<T>,
  say: Say = SILENT,
): Promise<T> {
  signal.throwIfAborted();
  const made = await cluster.batch
    .createNamespacedJob({ namespace: NAMESPACE, body: job })
    .catch((error: unknown) => {
      throw new Error(`The cluster does not take the Job: ${reasonOf(error)}`, { cause: error });
    });
  const name = made.metadata!.name!;
  try {
    return await use(await started(new Watched(cluster, name, say), signal, say));
  } finally {
    await removed(cluster, name);
  }
}

/** Waits for the end of the pod's one container, and returns its result. */
export async function ended(
  cluster: Cluster,
  pod: V1Pod,
  signal: AbortSignal,
  say: Say = SILENT,
): Promise<Ending> {
  const watched = new Watched(cluster, jobOf(pod), say, pod);
  const lost = paced(say);
  for (;;) {
    const seen = await watched.look(signal);
    const ending = endingOf(seen);
    if (ending !== undefined) return ending;
    if (isOutOfTouch(seen))
      lost("Its node does not answer. The cluster gives it up after some minutes.");
    await pause(LOOK_MS);
  }
}

/** Milliseconds for a pod to show that the cluster ended it. */
const SHOWS_MS = 5_000;

/**
 * Returns why the cluster ended a pod whose program ended or whose connection broke; undefined if
 * it did not.
 */
export async function takenAway(
  cluster: Cluster,
  pod: V1Pod,
  signal: AbortSignal,
): Promise<Ending | undefined> {
  const watched = new Watched(cluster, jobOf(pod), SILENT, pod);
  const until = Date.now() + SHOWS_MS;
  for (;;) {
    const seen = await watched.look(signal);
    // A deleted pod counts as gone: its grace period adds no information.
    const ending = endingOf({ ...seen, now: Infinity });
    if (ending !== undefined || Date.now() > until) return ending;
    await pause(LOOK_MS);
  }
}

async function started(watched: Watched, signal: AbortSignal, say: Say): Promise<V1Pod> {
  const since = Date.now();
  const word = paced(say);
  for (;;) {
    const seen = await watched.look(signal);
    const { pod } = seen;
    const over = pod?.status?.containerStatuses?.[0]?.state?.terminated;
    if (pod !== undefined && (over || /^(Running|Succeeded)$/u.test(pod.status?.phase ?? "")))
      return pod;
    const ending = endingOf(seen);
    if (ending !== undefined)
      throw new Error(`The command did not begin. ${ending.says ?? "Its pod is gone."}`);
    const hopeless = hopelessOf(seen);
    if (hopeless !== undefined) throw new Error(`The pod does not start ${hopeless}`);
    const waited = Date.now() - since;
    const waits = `waits ${waitsFor(seen)}`;
    if (waited > START_MS)
      throw new Error(`The pod does not start: after ${START_MS / 60_000} minutes it ${waits}`);
    if (waited > WORD_MS.first) word(`The pod ${waits}`);
    await pause(LOOK_MS);
  }
}

/** Prints a new message at once, and repeats the current one once a minute. */
function paced(say: Say): Say {
  let last = -Infinity;
  return (sentence) => {
    if (Date.now() - last < WORD_MS.then) return;
    last = Date.now();
    say(sentence);
  };
}

/** A Job with its pod, polled. The last state of a pod that is gone is kept. */
class Watched {
  readonly #cluster: Cluster;
  readonly #job: string;
  readonly #say: Say;
  #pod: V1Pod | undefined;
  #goneAt: number | undefined;

  constructor(cluster: Cluster, job: string, say: Say, pod?: V1Pod) {
    this.#cluster = cluster;
    this.#job = job;
    this.#say = paced(say);
    this.#pod = pod;
  }

  /** @throws Error if the cluster refuses the request, or is unreachable for too long. */
  async look(signal: AbortSignal): Promise<Seen> {
    const until = Date.now() + AWAY_MS;
    for (;;) {
      signal.throwIfAborted();
      try {
        return await this.#asked();
      } catch (error) {
        const { code } = error as { code?: unknown };
        const refuses = typeof code === "number" && code < 500 && code !== 429;
        if (refuses || Date.now() > until) throw error;
        this.#say(`The cluster does not answer (${reasonOf(error)}); it is asked again.`);
        await pause(LOOK_MS);
      }
    }
  }

  async #asked(): Promise<Seen> {
    const job = await this.#cluster.batch
      .readNamespacedJob({ name: this.#job, namespace: NAMESPACE })
      .catch((error: unknown) => {
        if ((error as { code?: unknown }).code !== 404) throw error;
        return undefined;
      });
    const pod = await podOfJob(this.#cluster, this.#job);
    const now = Date.now();
    if (pod !== undefined) [this.#pod, this.#goneAt] = [pod, undefined];
    else if (this.#pod !== undefined) this.#goneAt ??= now;
    const events = pod?.status?.phase === "Running" ? [] : await this.#events();
    return { job, pod: this.#pod, goneAt: this.#goneAt, events, now };
  }

  async #events() {
    const name = this.#pod?.metadata?.name ?? this.#job;
    const { items } = await this.#cluster.core.listNamespacedEvent({
      namespace: NAMESPACE,
      fieldSelector: `involvedObject.name=${name}`,
    });
    return items;
  }
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

/**
 * Deletes the Job with its pod and waits until both are gone.
 * @throws Error with the command to delete it by hand.
 */
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
    // The Job ended first, and the cluster has deleted it.
    if ((error as { code?: unknown }).code === 404) return;
    throw new Error(`The Job "${name}" may be left: ${reasonOf(error)}. ${byHand}`, {
      cause: error,
    });
  }
}

async function pause(milliseconds: number): Promise<void> {
  await new Promise((done) => setTimeout(done, milliseconds));
}
