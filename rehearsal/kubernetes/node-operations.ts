import {
  ApiException,
  CoreV1Api,
  KubeConfig,
  type V1Node,
  type V1Pod,
} from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import type { NodeSpec } from "../clouds/backends.ts";
import { awaitedNode, isUsable, nodeObject } from "./nodes.ts";
import { NETWORK_NOT_READY, SYSTEM_DAEMONS } from "./system-pods.ts";

/** Milliseconds that nodes may take to become usable: half a second on two idle cores. */
const NODES_MS = 30_000;
/**
 * How long removed nodes' Pods may take to end, milliseconds; after that they are removed from the
 * API as the garbage collector of Pods would. Real ones have their grace, a minute and more.
 */
const DRAIN_MS = { fake: 5_000, real: 120_000 } as const;
const POLL_MS = 50;

/** The machines behind Node objects, where kwok doesn't play them. */
export interface Machines {
  /**
   * Starts the machine of a Node object, which has a range for its Pods; resolves when its kubelet
   * runs.
   */
  start(spec: NodeSpec, podRange: string): Promise<void>;
  /** Ends it. No error if it is gone. */
  stop(name: string): Promise<void>;
  stopAll(): Promise<void>;
}

/** A client of the cluster that a kubeconfig file names. */
export function connect(kubeconfigFile: string): CoreV1Api {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigFile);
  return config.makeApiClient(CoreV1Api);
}

/**
 * Creates Node objects and waits until the scheduler may place Pods on each of them: they are
 * Ready, what DOKS runs on each has its place, and the taint that kept others from it is gone.
 */
export async function addNodes(
  api: CoreV1Api,
  specs: readonly NodeSpec[],
  machines?: Machines,
): Promise<void> {
  // All of them before the first is created: a bad one leaves nothing behind.
  const objects = specs.map(machines === undefined ? nodeObject : awaitedNode);
  await Promise.all(objects.map((body) => create(api, body)));
  await Promise.all(
    specs.map(async (spec) => await machines?.start(spec, await podRangeOf(api, spec.name))),
  );
  const deadline = performance.now() + NODES_MS;
  for (;;) {
    const { items } = await api.listNode();
    const usable = new Set(items.filter(isUsable).map((node) => node.metadata?.name));
    const served = new Set((await systemPods(api)).map((pod) => pod.spec?.nodeName));
    const missing = specs.filter(({ name }) => !usable.has(name) || !served.has(name));
    if (missing.length === 0) break;
    if (performance.now() > deadline)
      throw new Error(
        `${missing.map((spec) => spec.name).join(", ")} did not turn Ready in ${NODES_MS / 1000} s. The logs of kwok or the kubelets, and kube-controller-manager.log in the cluster's logs say why.`,
      );
    await sleep(POLL_MS);
  }
  await Promise.all(specs.map(({ name }) => admitPods(api, name)));
}

/**
 * Cordons the nodes, ends their Pods, and deletes them: what DOKS does when a pool shrinks or goes.
 */
export async function removeNodes(
  api: CoreV1Api,
  names: readonly string[],
  machines?: Machines,
): Promise<void> {
  const leaving = new Set(names);
  for (const name of names) await ignoreAbsent(cordon(api, name));
  const deadline = performance.now() + DRAIN_MS[machines === undefined ? "fake" : "real"];
  for (let first = true; ; first = false) {
    const pods = (await api.listPodForAllNamespaces()).items.filter(
      (pod) => leaving.has(pod.spec?.nodeName ?? "") && !isSystemPod(pod),
    );
    if (pods.length === 0) break;
    const late = performance.now() > deadline;
    if (first || late) await Promise.all(pods.map((pod) => ignoreAbsent(end(api, pod, late))));
    if (late) break;
    await sleep(POLL_MS);
  }
  for (const name of names) await ignoreAbsent(api.deleteNode({ name }));
  for (const name of names) await machines?.stop(name);
  // What runs on every node is not drained, and goes with its node.
  const orphans = (await systemPods(api)).filter((pod) => leaving.has(pod.spec?.nodeName ?? ""));
  await Promise.all(orphans.map((pod) => ignoreAbsent(end(api, pod, true))));
}

/**
 * Address range that the controller-manager gives a node for its Pods, a moment after it is
 * created.
 */
async function podRangeOf(api: CoreV1Api, name: string): Promise<string> {
  const deadline = performance.now() + NODES_MS;
  for (;;) {
    const { spec } = await api.readNode({ name });
    if (spec?.podCIDR !== undefined) return spec.podCIDR;
    if (performance.now() > deadline) throw new Error(`Node ${name} got no range for its Pods.`);
    await sleep(POLL_MS);
  }
}

function isSystemPod(pod: V1Pod): boolean {
  return pod.metadata?.labels?.["k8s-app"] === SYSTEM_DAEMONS;
}

/** The Pods of DOKS' own that have a node. */
async function systemPods(api: CoreV1Api): Promise<readonly V1Pod[]> {
  const { items } = await api.listPodForAllNamespaces({
    labelSelector: `k8s-app=${SYSTEM_DAEMONS}`,
  });
  return items.filter((pod) => pod.spec?.nodeName !== undefined);
}

/** Takes away the taint that a node is born with. */
async function admitPods(api: CoreV1Api, name: string): Promise<void> {
  for (;;) {
    const node = await api.readNode({ name });
    const taints = node.spec?.taints?.filter(({ key }) => key !== NETWORK_NOT_READY.key) ?? [];
    try {
      await api.replaceNode({ name, body: { ...node, spec: { ...node.spec, taints } } });
      return;
    } catch (error) {
      // Its kubelet reports at the same time; whoever comes second reads it again.
      if (!(error instanceof ApiException) || error.code !== 409) throw error;
    }
  }
}

async function create(api: CoreV1Api, body: V1Node): Promise<void> {
  try {
    await api.createNode({ body });
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    const why = (JSON.parse(String(error.body)) as { message?: string }).message ?? error.message;
    throw new Error(`Node ${body.metadata?.name} was refused by the API server: ${why}.`, {
      cause: error,
    });
  }
}

async function cordon(api: CoreV1Api, name: string): Promise<void> {
  const node = await api.readNode({ name });
  await api.replaceNode({ name, body: { ...node, spec: { ...node.spec, unschedulable: true } } });
}

/** Deletes a Pod with its own grace period, or, `now`, from the API at once. */
async function end(api: CoreV1Api, pod: V1Pod, now: boolean): Promise<void> {
  await api.deleteNamespacedPod({
    name: pod.metadata?.name ?? "",
    namespace: pod.metadata?.namespace ?? "",
    ...(now && { gracePeriodSeconds: 0 }),
  });
}

async function ignoreAbsent(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiException && error.code === 404) return;
    throw error;
  }
}
