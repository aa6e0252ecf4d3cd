import type { CoreV1Api, V1ContainerStatus, V1Pod } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { IMAGES } from "../../config/images.ts";
import { NAMESPACE } from "../../config/topology.ts";
import { reasonOf, type Cluster } from "../../ops/pods/cluster.ts";
import type { Ending } from "../../ops/pods/ending.ts";
import { ended, withPod } from "../../ops/pods/lifetime.ts";
import { oneOffJob } from "../../ops/pods/one-off.ts";
import { liveTemplate, lowestPriorityOf } from "../../ops/pods/template.ts";
import { firstProcessIn, runInFolder } from "../node/pod-processes.ts";
import { checkOf, type Check } from "./check.ts";

/** Allocates more memory than a pod of this kind may use, as fast as Ruby can. */
const GREEDY = ["ruby", "-e", "kept = []; loop { kept << 'x' * 16_777_216 }"];
/** Memory limit of the pod that exceeds it and is restarted. */
const LIMIT = "96Mi";
const KILLED = 128 + 9;
const DEADLINE_SECONDS = 120;
const PATIENCE_MS = 90_000;
const POLL_MS = 250;

/**
 * An operator's command that uses more memory than its pod has: the kernel kills it, and the
 * command prints a remedy.
 */
export async function checkGreedyCommand(cluster: Cluster): Promise<Check> {
  const { signal } = new AbortController();
  const job = oneOffJob(await liveTemplate(cluster, false), {
    ...{ name: "greedy", args: GREEDY, deadlineSeconds: DEADLINE_SECONDS },
    priority: await lowestPriorityOf(cluster),
  });
  const ending = await withPod(
    cluster,
    job,
    signal,
    async (pod) => await ended(cluster, pod, signal),
  ).catch((error: unknown): Ending => ({ status: 0, says: reasonOf(error) }));
  return checkOf(
    "a command that takes more memory than its pod has is ended by the kernel, and its caller told so",
    ending.status === KILLED && ending.says !== undefined
      ? []
      : [`it ended with ${ending.status}: ${ending.says}`],
    `${ending.status}: ${ending.says}`,
  );
}

/**
 * A pod of the server's kind that exceeds its memory limit at each start. It must be killed and
 * restarted with growing delays.
 */
export async function checkGreedyPod(core: CoreV1Api): Promise<Check> {
  const pod = greedyPod();
  const { name = "", namespace = "" } = pod.metadata ?? {};
  await core.createNamespacedPod({ namespace, body: pod });
  const since = Date.now();
  let state: V1ContainerStatus | undefined;
  try {
    while (Date.now() - since < PATIENCE_MS && !isBackedOff(state)) {
      await sleep(POLL_MS);
      const { status } = await core.readNamespacedPod({ name, namespace });
      state = status?.containerStatuses?.[0];
    }
  } finally {
    await core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 });
  }
  return checkOf(
    "a pod that takes more than its limit is killed for that, started again, and made to wait",
    greedyFaults(state),
    `OOMKilled with ${KILLED}, started anew ${state?.restartCount} times, CrashLoopBackOff after ${Math.round((Date.now() - since) / 1_000)} s`,
  );
}

/** Faults in how such a pod's container ended. */
export function greedyFaults(state: V1ContainerStatus | undefined): readonly string[] {
  const { reason, exitCode } = state?.lastState?.terminated ?? {};
  return [
    ...(reason === "OOMKilled" && exitCode === KILLED
      ? []
      : [`it ended as ${reason}, ${exitCode}`]),
    ...((state?.restartCount ?? 0) > 0 ? [] : ["it was not started again"]),
    ...(isBackedOff(state) ? [] : ["it is not made to wait"]),
  ];
}

function isBackedOff(state: V1ContainerStatus | undefined): boolean {
  return state?.state?.waiting?.reason === "CrashLoopBackOff" && state.restartCount > 0;
}

/** Outside the server's namespace, whose quota would interfere. */
function greedyPod(): V1Pod {
  return {
    metadata: { namespace: "default", name: "takes-too-much" },
    spec: {
      automountServiceAccountToken: false,
      containers: [
        {
          name: "greedy",
          image: IMAGES.mastodon,
          args: GREEDY,
          resources: { requests: { cpu: "1m", memory: "1Mi" }, limits: { memory: LIMIT } },
        },
      ],
    },
  };
}

/** A writable volume of a pod, and its size limit. */
export interface LimitedFolder {
  readonly container: string;
  readonly path: string;
  readonly mib: number;
}

/**
 * A pod that exceeds the limit of a volume: its kubelet must evict it with a reason, and another
 * pod must replace it.
 */
export async function checkFullFolder(
  core: CoreV1Api,
  pod: V1Pod,
  { container, path, mib }: LimitedFolder,
): Promise<Check> {
  const { name = "", namespace = "" } = pod.metadata ?? {};
  const { runAsUser: uid = 0, runAsGroup: gid = 0, fsGroup = 0 } = pod.spec?.securityContext ?? {};
  const selector = `app.kubernetes.io/component=${pod.metadata?.labels?.["app.kubernetes.io/component"]}`;
  const pid = await firstProcessIn(pod, container);
  const wrote = await runInFolder(pid, path, { uid, gid, groups: [fsGroup] }, [
    ...["dd", "if=/dev/zero", "of=./too-much", "bs=1M", `count=${Math.ceil(mib * 1.25)}`],
  ]);
  const since = Date.now();
  let message: string | undefined;
  let left = "nothing";
  let [evictedAt, ready] = [0, 0];
  while (Date.now() - since < PATIENCE_MS && !(evictedAt > 0 && ready > 0)) {
    await sleep(POLL_MS);
    const [pods, events] = await Promise.all([
      core.listNamespacedPod({ namespace, labelSelector: selector }),
      // The kubelet's event, because the reason in the pod's status was sometimes missing.
      core.listNamespacedEvent({
        namespace,
        fieldSelector: `involvedObject.name=${name},reason=Evicted`,
      }),
    ]);
    if (events.items.length > 0 && evictedAt === 0)
      [message, evictedAt] = [events.items[0]!.message, Date.now()];
    const status = pods.items.find(({ metadata }) => metadata?.name === name)?.status;
    left = `${status?.phase}, ${JSON.stringify(status?.conditions)}`;
    const after = pods.items.filter(
      ({ metadata }) => (metadata?.creationTimestamp?.getTime() ?? 0) > since - 1_000,
    );
    ready = after.filter(isReady).length;
  }
  // The evicted pod keeps the reason until it is deleted.
  await core.deleteNamespacedPod({ name, namespace, gracePeriodSeconds: 0 }).catch(() => undefined);
  return checkOf(
    "a pod that fills a folder past its limit is evicted for that, and another takes its place",
    [
      ...(wrote ? [] : [`${path} of ${name} could not be filled`]),
      ...(evictedAt > 0 ? [] : [`${name} was not evicted: ${left}`]),
      ...(ready > 0 ? [] : ["no other pod became ready"]),
    ],
    `after ${Math.round((evictedAt - since) / 1_000)} s: ${message}`,
  );
}

function isReady({ status }: V1Pod): boolean {
  return (
    status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") === true
  );
}

/** Results of a running request when its pod was stopped, and of the requests after it. */
export interface Goodbye {
  /** Status of the request that was running; undefined if it was cut off. */
  readonly running: number | undefined;
  /** Status of a request that arrived while the pod was stopping. */
  readonly leaving: number | undefined;
  /** Seconds from the delete until the pod was gone. */
  readonly goneAfter: number;
  readonly grace: number;
}

/** Faults of a pod's stop. */
export function goodbyeFaults({ running, leaving, goneAfter, grace }: Goodbye): readonly string[] {
  return [
    ...(running === 200 ? [] : [`the request that ran was answered ${String(running)}`]),
    ...(leaving === 200 ? [] : [`one in the pause before the end was answered ${String(leaving)}`]),
    // Two seconds for the kubelet's own work.
    ...(goneAfter <= grace + 2 ? [] : [`it was gone only after ${goneAfter} s of ${grace}`]),
  ];
}

/** A request that starts before the pod is deleted and ends after its `preStop` pause, seconds. */
const SLOW_SECONDS = 14;
const BEGUN_MS = 1_000;
const PAUSE_MS = 5_000;

/**
 * Deletes a web pod while it answers. The running request and those during the pause must be
 * answered, and the pod must be gone within its grace period.
 * @param ask sends a request from the pod's own network and returns its status.
 */
export async function checkGoodbye(
  core: CoreV1Api,
  pod: V1Pod,
  ask: (path: string) => Promise<number | undefined>,
): Promise<Check> {
  const { name = "" } = pod.metadata ?? {};
  const running = ask(`/rehearsal/slow?seconds=${SLOW_SECONDS}`);
  await sleep(BEGUN_MS);
  await core.deleteNamespacedPod({ name, namespace: NAMESPACE });
  const since = Date.now();
  await sleep(PAUSE_MS);
  const leaving = await ask("/health");
  const grace = pod.spec?.terminationGracePeriodSeconds ?? 0;
  const gone = async (): Promise<boolean> =>
    await core.readNamespacedPod({ name, namespace: NAMESPACE }).then(
      () => false,
      () => true,
    );
  while (!(await gone()) && Date.now() - since < PATIENCE_MS) await sleep(POLL_MS);
  const seen = {
    ...{ running: await running, leaving, grace },
    goneAfter: Math.round((Date.now() - since) / 1_000),
  };
  return checkOf(
    "a web pod that is told to go answers what runs and what comes in its pause, and is gone in its grace",
    goodbyeFaults(seen),
    `a request of ${SLOW_SECONDS} s was answered; gone after ${seen.goneAfter} s of ${grace}`,
  );
}
