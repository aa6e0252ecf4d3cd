import type { CoreV1Api, V1Pod } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { PRIORITIES } from "../../domain/priorities.ts";
import { NAMESPACE } from "../../config/topology.ts";
import { withDatabasePod } from "../../ops/db/pod.ts";
import { reasonOf, type Cluster } from "../../ops/pods/cluster.ts";
import { ended } from "../../ops/pods/lifetime.ts";
import { checkOf, type Check } from "./check.ts";

/**
 * An additional web pod, as its autoscaler would create it. It is outside the namespace, whose
 * quota would interfere.
 */
const WEB = { name: "one-web-pod-more", namespace: "default" } as const;
const MIGRATION = { name: "a-migration-that-runs", namespace: NAMESPACE } as const;

/** Timeout for the real scheduler's decision, and for a stopped pod to be gone, milliseconds. */
const PATIENCE_MS = 40_000;
const POLL_MS = 200;
/**
 * Time for which a pod must not be preempted, milliseconds. The scheduler decides in hundredths of
 * a second.
 */
const HOLDS_MS = 2_000;

/**
 * Checks the real scheduler on a full node when one more web pod is created. An operator's pod is
 * preempted, and the operator is notified within seconds; a migration stays.
 */
export async function checkPreemption(cluster: Cluster): Promise<readonly Check[]> {
  return [await checkToldWhy(cluster), await checkMigrationStays(cluster)];
}

async function checkToldWhy(cluster: Cluster): Promise<Check> {
  const { signal } = new AbortController();
  const faults: string[] = [];
  let seconds = 0;
  const heard = async (pod: V1Pod): Promise<number> => {
    const since = performance.now();
    await crowd(cluster.core, pod);
    const { status, says = "nothing" } = await ended(cluster, pod, signal);
    seconds = (performance.now() - since) / 1_000;
    if (status === 0 || !says.includes(WEB.name)) faults.push(`it ended with ${status}: ${says}`);
    return 137;
  };
  const outcome = await withDatabasePod(
    cluster,
    signal,
    async (run) => await run({ command: [], out: process.stdout, error: process.stderr }),
    { execute: async (_cluster, pod) => await heard(pod) },
  )
    .catch(reasonOf)
    .finally(() => removed(cluster.core, WEB));
  if (!String(outcome).includes(WEB.name)) faults.push(`its caller hears: ${outcome}`);
  return checkOf(
    "a person's pod that gives way to a web pod is told in a sentence, to whoever waits for it",
    faults,
    `after ${seconds.toFixed(1)} s: ${outcome}`,
  );
}

async function checkMigrationStays(cluster: Cluster): Promise<Check> {
  const { core } = cluster;
  const migration = await migrationThatRuns(cluster);
  try {
    await crowd(core, migration, PRIORITIES.serving.value);
    const placed = await until(async () =>
      (await core.readNamespacedPod(WEB)).status?.conditions?.find(
        ({ type }) => type === "PodScheduled",
      ),
    );
    await sleep(HOLDS_MS);
    const now = await core.readNamespacedPod(MIGRATION).catch(() => undefined);
    return checkOf(
      "on a full node a web pod more waits for a migration that runs, instead of stopping it",
      [
        ...(now?.status?.phase === "Running" && now.metadata?.deletionTimestamp === undefined
          ? []
          : [`the migration is ${now?.status?.phase ?? "gone"}`]),
        ...(placed?.reason === "Unschedulable"
          ? []
          : [`the web pod: ${placed?.reason ?? "placed"}`]),
      ],
      placed?.message ?? "",
    );
  } finally {
    await removed(core, WEB);
    await removed(core, MIGRATION);
  }
}

/**
 * A pod with the size and priority of the last migration's. A Job's own pod would end at once here.
 */
async function migrationThatRuns({ batch, core }: Cluster): Promise<V1Pod> {
  const { items } = await batch.listNamespacedJob({
    namespace: NAMESPACE,
    labelSelector: "app.kubernetes.io/component=migrate-post-deployment",
  });
  const spec = items[0]!.spec!.template.spec!;
  await core.createNamespacedPod({
    namespace: NAMESPACE,
    // Without the component's label, by which the rehearsal would run it.
    body: { metadata: { name: MIGRATION.name }, spec },
  });
  return await until(async () => {
    const pod = await core.readNamespacedPod(MIGRATION);
    return pod.status?.phase === "Running" ? pod : undefined;
  });
}

/**
 * Creates a web pod for the node of a pod, for which only that pod can make room. Half of the pod's
 * memory is missing, even if everything below a priority is evicted.
 * @param below default: nothing else is evicted.
 */
async function crowd(core: CoreV1Api, pod: V1Pod, below = -Infinity): Promise<void> {
  const node = await core.readNode({ name: pod.spec!.nodeName! });
  const { items } = await core.listPodForAllNamespaces({
    fieldSelector: `spec.nodeName=${node.metadata!.name!}`,
  });
  const others = items.filter(
    ({ metadata, spec, status }) =>
      metadata?.uid !== pod.metadata?.uid &&
      (spec?.priority ?? 0) >= below &&
      !["Succeeded", "Failed"].includes(status?.phase ?? ""),
  );
  const room = mibOf(node.status?.allocatable);
  const taken = others.reduce((sum, one) => sum + memoryOf(one), memoryOf(pod) / 2);
  await core.createNamespacedPod({
    namespace: WEB.namespace,
    body: {
      metadata: { name: WEB.name },
      spec: {
        automountServiceAccountToken: false,
        priorityClassName: PRIORITIES.serving.name,
        nodeSelector: {
          "kubernetes.io/hostname": node.metadata!.labels!["kubernetes.io/hostname"]!,
        },
        containers: [
          {
            name: "web",
            image: "web",
            resources: { requests: { memory: `${Math.floor(room - taken)}Mi` } },
          },
        ],
      },
    },
  });
}

/**
 * Memory by which a pod is scheduled, MiB. None of its init containers requests more than its
 * containers.
 */
function memoryOf({ spec }: V1Pod): number {
  return spec!.containers.reduce((sum, { resources }) => sum + mibOf(resources?.requests), 0);
}

/** @throws Error for a unit that no part of a rehearsal uses. */
function mibOf(amounts: Readonly<Record<string, string>> | undefined): number {
  const memory = amounts?.["memory"] ?? "0Mi";
  if (!/^\d+Mi$/u.test(memory)) throw new Error(`Memory of "${memory}" is not in MiB.`);
  return Number.parseInt(memory, 10);
}

async function removed(
  core: CoreV1Api,
  pod: { readonly name: string; readonly namespace: string },
): Promise<void> {
  await core.deleteNamespacedPod({ ...pod, gracePeriodSeconds: 0 }).catch(() => undefined);
  await until(
    async () =>
      await core.readNamespacedPod(pod).then(
        () => undefined,
        () => true,
      ),
  );
}

/** Asks again until there is an answer. @throws Error if there is none in time. */
async function until<T>(ask: () => Promise<T | undefined>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline)
      throw new Error(`Nothing was seen in ${PATIENCE_MS / 1_000} s.`);
    await sleep(POLL_MS);
  }
}
