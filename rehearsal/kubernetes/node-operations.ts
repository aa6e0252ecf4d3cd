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

/** Timeout for nodes to be ready, milliseconds: half a second on two idle cores. */
const NODES_MS = 30_000;
/**
 * Timeout for the Pods of removed nodes to end, milliseconds. After it they are deleted from the
 * API, as by the garbage collector of Pods. Real ones have their grace period, a minute and more.
 * Pods of one component leave one after the other, and each successor must be ready.
 */
const DRAIN_MS = { fake: 20_000, real: 120_000 } as const;
const POLL_MS = 50;

/** Machines of Node objects, if kwok doesn't simulate them. */
export interface Machines {
  /**
   * Starts the machine of a Node object with a range for its Pods. Resolves when its kubelet runs.
   */
  start(spec: NodeSpec, podRange: string): Promise<void>;
  /** Stops it. No error if it does not exist. */
  stop(name: string): Promise<void>;
  stopAll(): Promise<void>;
}

/** A client for the cluster of a kubeconfig file. */
export function connect(kubeconfigFile: string): CoreV1Api {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigFile);
  return config.makeApiClient(CoreV1Api);
}

/**
 * Creates Node objects and waits until the scheduler may use them. They are Ready, DOKS' own Pods
 * are scheduled on each, and the taint that kept other Pods away is removed.
 */
export async function addNodes(
  api: CoreV1Api,
  specs: readonly NodeSpec[],
  machines?: Machines,
): Promise<void> {
  // All of them before the first is created, so that an invalid one leaves nothing behind.
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
 * Cordons the nodes, evicts their Pods, and deletes the nodes. DOKS drains a node that it deletes,
 * unless `skip_drain` is set (digitalocean/openapi `kubernetes_delete_node.yml`). Nothing is
 * documented for a pool that shrinks or is deleted; the same is assumed.
 */
export async function removeNodes(
  api: CoreV1Api,
  names: readonly string[],
  machines?: Machines,
): Promise<void> {
  const leaving = new Set(names);
  for (const name of names) await ignoreAbsent(cordon(api, name));
  const deadline = performance.now() + DRAIN_MS[machines === undefined ? "fake" : "real"];
  for (;;) {
    const pods = (await api.listPodForAllNamespaces()).items.filter(
      (pod) => leaving.has(pod.spec?.nodeName ?? "") && !isSystemPod(pod),
    );
    if (pods.length === 0) break;
    const late = performance.now() > deadline;
    const staying = pods.filter(({ metadata }) => metadata?.deletionTimestamp === undefined);
    if (late) await Promise.all(pods.map((pod) => ignoreAbsent(end(api, pod, true))));
    else for (const pod of staying) await evict(api, pod);
    if (late) break;
    await sleep(POLL_MS);
  }
  for (const name of names) await ignoreAbsent(api.deleteNode({ name }));
  for (const name of names) await machines?.stop(name);
  // Pods of DaemonSets are not drained, and are deleted with their node.
  const orphans = (await systemPods(api)).filter((pod) => leaving.has(pod.spec?.nodeName ?? ""));
  await Promise.all(orphans.map((pod) => ignoreAbsent(end(api, pod, true))));
}

/**
 * Ends nodes at once: nobody tells their Pods. The garbage collector of Pods deletes those of a
 * missing node after 40 s, and here at once (kubernetes/kubernetes
 * `pkg/controller/podgc/gc_controller.go`, `quarantineTime`).
 */
export async function loseNodes(
  api: CoreV1Api,
  names: readonly string[],
  machines?: Machines,
): Promise<void> {
  for (const name of names) await machines?.stop(name);
  for (const name of names) await ignoreAbsent(api.deleteNode({ name }));
  const lost = new Set(names);
  const pods = (await api.listPodForAllNamespaces()).items.filter(({ spec }) =>
    lost.has(spec?.nodeName ?? ""),
  );
  await Promise.all(pods.map((pod) => ignoreAbsent(end(api, pod, true))));
}

/**
 * Address range for a node's Pods, which the controller-manager assigns a moment after the node is
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

/** DOKS' own Pods that have a node. */
async function systemPods(api: CoreV1Api): Promise<readonly V1Pod[]> {
  const { items } = await api.listPodForAllNamespaces({
    labelSelector: `k8s-app=${SYSTEM_DAEMONS}`,
  });
  return items.filter((pod) => pod.spec?.nodeName !== undefined);
}

/** Removes the taint that a new node has. */
async function admitPods(api: CoreV1Api, name: string): Promise<void> {
  for (;;) {
    const node = await api.readNode({ name });
    const taints = node.spec?.taints?.filter(({ key }) => key !== NETWORK_NOT_READY.key) ?? [];
    try {
      await api.replaceNode({ name, body: { ...node, spec: { ...node.spec, taints } } });
      return;
    } catch (error) {
      // The kubelet updates the node at the same time; after a conflict this reads it again.
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

/** Evicts a Pod, if its disruption budget allows it now. */
async function evict(api: CoreV1Api, { metadata }: V1Pod): Promise<void> {
  const target = { name: metadata?.name ?? "", namespace: metadata?.namespace ?? "" };
  try {
    await api.createNamespacedPodEviction({
      ...target,
      body: { apiVersion: "policy/v1", kind: "Eviction", metadata: target },
    });
  } catch (error) {
    // 429: not now (kubernetes.io/docs/concepts/scheduling-eviction/api-eviction).
    if (error instanceof ApiException && (error.code === 404 || error.code === 429)) return;
    throw error;
  }
}

/** Deletes a Pod with its own grace period or, with `now`, at once. */
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
