import {
  ApiException,
  PatchStrategy,
  setHeaderOptions,
  type AppsV1Api,
  type CoreV1Api,
  type DiscoveryV1Api,
  type V1Deployment,
  type V1Pod,
} from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { NAMESPACE } from "../../config/topology.ts";
import { checkBrokenPods, isSeen, type Seen } from "../checks/broken-pods.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { checkLiveEndpoints } from "../checks/endpoints.ts";
import { judged } from "../checks/rollout-judgement.ts";
import { BROKEN_LABEL, BROKEN_PODS, copyOf, SOUND_COPIES } from "./broken-pods.ts";
import { BROKEN_SERVICES } from "./broken-services.ts";

/** Longest wait for the kubelets' reports of all of them; most of it is back-off. */
const WAIT_MS = 55_000;
const POLL_MS = 1_000;
/** Time by which a pod may be slower than a healthy one of its kind. */
const SLOWER_MS = 8_000;
/** Interval of two looks after which any fault has lasted long enough, seconds. */
const LATER = 600;

/** Clients of the APIs. */
export interface BrokenApis {
  readonly apps: AppsV1Api;
  readonly core: CoreV1Api;
  readonly discovery: DiscoveryV1Api;
}

/**
 * Creates all broken copies at the same time, waits until each fault is detected, and deletes them.
 * @param root the Debian 13 root file system of images, with the Ruby that judges.
 */
export async function tryBrokenPods(apis: BrokenApis, root: string): Promise<readonly Check[]> {
  const began = new Date(Math.floor(Date.now() / 1_000) * 1_000).toISOString();
  const room = await makeRoom(apis.core);
  try {
    const seen = await made(apis);
    await makeServices(apis.core);
    await settled(apis, root, began, seen);
    return [
      checkBrokenPods(BROKEN_PODS, SOUND_COPIES, seen),
      servicesSeen(await checkLiveEndpoints(apis.core, apis.discovery)),
    ];
  } finally {
    await remove(apis);
    await room.back();
  }
}

/** Raises the namespace's quota, which allows only the stack's pods, for the pods of this phase. */
async function makeRoom(core: CoreV1Api): Promise<{ readonly back: () => Promise<unknown> }> {
  const { items } = await core.listNamespacedResourceQuota({ namespace: NAMESPACE });
  const quota = items.find(({ spec }) => spec?.hard?.["pods"] !== undefined);
  const { name = "" } = quota?.metadata ?? {};
  const before = quota?.spec?.hard?.["pods"] ?? "";
  const set = async (pods: string): Promise<unknown> =>
    await core.patchNamespacedResourceQuota(
      { namespace: NAMESPACE, name, body: { spec: { hard: { pods } } } },
      setHeaderOptions("Content-Type", PatchStrategy.MergePatch),
    );
  await set(String(Number(before) + SOUND_COPIES.length + BROKEN_PODS.length));
  return { back: async () => await set(before) };
}

/** Creates them. Returns the refusals of the API server. */
async function made({ apps }: BrokenApis): Promise<Map<string, Seen>> {
  const { items } = await apps.listNamespacedDeployment({ namespace: NAMESPACE });
  const sources = new Map(items.map((item) => [item.metadata?.name, item]));
  // All of them before the first is created, so that none is created after the removal.
  const bodies = [...SOUND_COPIES, ...BROKEN_PODS].map(
    (row) => [row.name, copyOf(sourceOf(sources, row.of), row)] as const,
  );
  const refused = await Promise.all(
    bodies.map(async ([name, body]) => {
      const code = await apps
        .createNamespacedDeployment({ namespace: NAMESPACE, body })
        .then(() => undefined, codeOf);
      return [name, code] as const;
    }),
  );
  return new Map(
    refused.flatMap(([name, code]) => (code === undefined ? [] : [[name, { refused: code }]])),
  );
}

function sourceOf(
  sources: ReadonlyMap<string | undefined, V1Deployment>,
  name: string,
): V1Deployment {
  const source = sources.get(name);
  if (source === undefined) throw new Error(`There is no Deployment ${name} to copy.`);
  return source;
}

function codeOf(error: unknown): number {
  if (error instanceof ApiException) return error.code;
  throw error;
}

/** Looks until each fault was detected once. A healthy copy must be healthy at the end. */
async function settled(
  apis: BrokenApis,
  root: string,
  began: string,
  seen: Map<string, Seen>,
): Promise<void> {
  const deadline = Date.now() + WAIT_MS;
  let wellSince = Infinity;
  for (;;) {
    const now = await look(apis, root, began);
    const sound = SOUND_COPIES.every(({ name }) => now.get(name)?.done === true);
    wellSince = sound ? Math.min(wellSince, Date.now()) : Infinity;
    for (const { name } of SOUND_COPIES) seen.set(name, now.get(name) ?? {});
    for (const row of BROKEN_PODS) {
      const before = seen.get(row.name) ?? {};
      // Each pod is unready at first. It counts only after the healthy ones have long been ready.
      if (isSeen(row.seen, before) && before.fault !== "unready") continue;
      const after = now.get(row.name);
      const early = after?.fault === "unready" && !(Date.now() - wellSince > SLOWER_MS);
      if (after !== undefined && before.refused === undefined && !early) seen.set(row.name, after);
    }
    const left = BROKEN_PODS.filter((row) => !isSeen(row.seen, seen.get(row.name) ?? {}));
    if ((sound && left.length === 0) || Date.now() > deadline) return;
    await sleep(POLL_MS);
  }
}

/** Verdict of the rollout step on each, as if it had waited long enough. */
async function look(
  { apps, core }: BrokenApis,
  root: string,
  began: string,
): Promise<Map<string, Seen>> {
  const ours = { namespace: NAMESPACE, labelSelector: BROKEN_LABEL };
  const [deployments, replicaSets, pods, events] = await Promise.all([
    apps.listNamespacedDeployment(ours),
    apps.listNamespacedReplicaSet(ours),
    core.listNamespacedPod(ours),
    core.listNamespacedEvent({ namespace: NAMESPACE, fieldSelector: "type=Warning" }),
  ]);
  const parts = { replicaSets: replicaSets.items, pods: pods.items };
  const verdicts = await judged(
    root,
    deployments.items.map((deployment) => ({
      looks: [0, LATER].map((at) => ({ at, deployment, ...parts })),
    })),
    began,
  );
  return new Map(
    deployments.items.map((deployment, index) => {
      const name = deployment.metadata?.labels?.[BROKEN_LABEL] ?? "";
      const pod = pods.items.find(({ metadata }) => metadata?.labels?.[BROKEN_LABEL] === name);
      const { done, fault, reason, message, said } = verdicts[index]!;
      const warnings = events.items.filter(
        ({ involvedObject }) => pod !== undefined && involvedObject.uid === pod.metadata?.uid,
      );
      const words = said || message || warnings.at(-1)?.message;
      return [
        name,
        {
          done,
          ...(fault === null ? {} : { fault }),
          ...(reason === null ? {} : { reason }),
          ...(endedOf(pod) === undefined ? {} : { ended: endedOf(pod)! }),
          events: warnings.map((event) => event.reason ?? ""),
          ...(words === undefined ? {} : { words }),
        },
      ];
    }),
  );
}

function endedOf(pod: V1Pod | undefined): string | undefined {
  return pod?.status?.containerStatuses?.[0]?.lastState?.terminated?.reason;
}

async function makeServices(core: CoreV1Api): Promise<void> {
  for (const { service } of BROKEN_SERVICES)
    await core.createNamespacedService({ namespace: NAMESPACE, body: service });
}

function servicesSeen({ detail, passed }: Check): Check {
  return checkOf(
    "each Service that is broken on purpose is seen to lead to no pod",
    BROKEN_SERVICES.filter(({ sign }) => passed || !detail.includes(sign)).map(
      ({ sign }) => `nobody said that ${sign}`,
    ),
    BROKEN_SERVICES.map(({ sign }) => sign).join("; "),
  );
}

/** Deletes all of them, and their pods without a grace period. */
async function remove({ apps, core }: BrokenApis): Promise<void> {
  const ours = { namespace: NAMESPACE, labelSelector: BROKEN_LABEL };
  await apps.deleteCollectionNamespacedDeployment(ours);
  for (const { service } of BROKEN_SERVICES)
    await core
      .deleteNamespacedService({ namespace: NAMESPACE, name: service.metadata?.name ?? "" })
      .catch(codeOf);
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const { items } = await core.listNamespacedPod(ours);
    if (items.length === 0) return;
    await core.deleteCollectionNamespacedPod({ ...ours, gracePeriodSeconds: 0 });
    await sleep(POLL_MS);
  }
  throw new Error("Pods that were broken on purpose are still there 20 s after their removal.");
}
