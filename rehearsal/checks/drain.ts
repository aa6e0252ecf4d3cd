import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  type KubeConfig,
  type V1Node,
  type V1Pod,
} from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { NAMESPACE } from "../../config/topology.ts";
import { type Check, checkOf } from "./check.ts";

/**
 * Time in which a drained node must be empty, milliseconds. Simulated pods are ready in hundredths
 * of a second, nginx in seconds.
 */
const DRAINED_MS = 60_000;
const POLL_MS = 100;

const COMPONENT = "app.kubernetes.io/component";

/** Observations during the drains. */
interface Seen {
  evictions: number;
  readonly stuck: string[];
  readonly short: Set<string>;
}

/**
 * Simulates a maintenance window of DOKS with the real eviction API and the real disruption
 * controller. No two pods of one component may be evicted at the same time. Each node with pods of
 * the server must become empty, one node after the other.
 */
export async function checkDrain(config: KubeConfig): Promise<readonly Check[]> {
  const [core, apps] = [config.makeApiClient(CoreV1Api), config.makeApiClient(AppsV1Api)];
  const budgets = await checkBudgets(core, apps);
  const seen: Seen = { evictions: 0, stuck: [], short: new Set() };
  const nodes = new Set((await alive(core)).map(({ spec }) => spec?.nodeName ?? ""));
  for (const node of nodes) {
    await setUnschedulable(core, node, true);
    await empty(core, apps, node, seen);
    await setUnschedulable(core, node, false);
  }
  const moved = `${nodes.size} nodes, ${seen.evictions} pods moved`;
  return [
    budgets,
    checkOf("each node can be drained", nodes.size === 0 ? ["no node"] : seen.stuck, moved),
    checkOf("in a drain never more than one pod of a Deployment is away", [...seen.short], moved),
  ];
}

/**
 * Evicts one pod of each component that has two, while no replacement can be scheduled, and tries a
 * second one with a dry run.
 */
async function checkBudgets(core: CoreV1Api, apps: AppsV1Api): Promise<Check> {
  const nodes = (await core.listNode()).items.map(({ metadata }) => metadata?.name ?? "");
  for (const node of nodes) await setUnschedulable(core, node, true);
  const complaints: string[] = [];
  const asked: string[] = [];
  const pods = (await alive(core)).filter(isReady);
  for (const component of new Set(pods.map(componentOf))) {
    const [first, second] = pods.filter((pod) => componentOf(pod) === component);
    if (first === undefined || second === undefined) continue;
    asked.push(component);
    if (!(await evicted(core, first, false))) complaints.push(`no pod of ${component} may go`);
    else if (await evicted(core, second, true))
      complaints.push(`two pods of ${component} could go at once`);
  }
  for (const node of nodes) await setUnschedulable(core, node, false);
  const left = await until(async () => (await lacking(apps)).map(({ name }) => name));
  return checkOf(
    "a drain takes one pod of a component, and a second one is refused until its successor is ready",
    [
      ...(asked.length === 0 ? ["no component has two pods"] : complaints),
      ...left.map((name) => `${name} is not whole again`),
    ],
    asked.sort().join(", "),
  );
}

/**
 * Evicts the pods of a node until it is empty, and waits until all of them are ready on other
 * nodes.
 */
async function empty(core: CoreV1Api, apps: AppsV1Api, node: string, seen: Seen): Promise<void> {
  const left = await until(async () => {
    const leaving = (await alive(core)).filter(({ spec }) => spec?.nodeName === node);
    const short = await lacking(apps);
    for (const { name, away } of short)
      if (away > 1) seen.short.add(`${away} pods of ${name} were away at once`);
    for (const pod of leaving)
      if (pod.metadata?.deletionTimestamp === undefined && (await evicted(core, pod, false)))
        seen.evictions += 1;
    return [
      ...leaving.map(({ metadata }) => metadata?.name ?? ""),
      ...short.map(({ name }) => name),
    ];
  });
  if (left.length > 0) seen.stuck.push(`${node}: ${left.join(", ")} does not come to rest`);
}

/** Asks again until nothing is left or the time is over; returns what is left. */
async function until(ask: () => Promise<readonly string[]>): Promise<readonly string[]> {
  const deadline = performance.now() + DRAINED_MS;
  for (;;) {
    const left = await ask();
    if (left.length === 0 || performance.now() > deadline) return left;
    await sleep(POLL_MS);
  }
}

function componentOf({ metadata }: V1Pod): string {
  return metadata?.labels?.[COMPONENT] ?? "";
}

/** Whether a pod may be evicted, as `kubectl drain` asks; with `dryRun` it stays. */
export async function evicted(
  core: CoreV1Api,
  { metadata }: V1Pod,
  dryRun: boolean,
): Promise<boolean> {
  const [name, namespace] = [metadata?.name ?? "", metadata?.namespace ?? ""];
  try {
    await core.createNamespacedPodEviction({
      name,
      namespace,
      body: { metadata: { name, namespace } },
      ...(dryRun && { dryRun: "All" }),
    });
    return true;
  } catch (error) {
    // Too Many Requests: the disruption budget. Not Found: the pod has already gone.
    if (error instanceof ApiException && (error.code === 429 || error.code === 404)) return false;
    throw error;
  }
}

/**
 * Pods of the server's namespace that use a node and have a controller that recreates them: a drain
 * evicts only these.
 */
async function alive(core: CoreV1Api): Promise<readonly V1Pod[]> {
  const { items } = await core.listNamespacedPod({ namespace: NAMESPACE });
  return items.filter(
    ({ metadata, status }) =>
      metadata?.ownerReferences !== undefined &&
      !["Succeeded", "Failed"].includes(status?.phase ?? ""),
  );
}

function isReady({ status }: V1Pod): boolean {
  return (
    status?.conditions?.some((each) => each.type === "Ready" && each.status === "True") === true
  );
}

/** Deployments whose pods are not all ready, with the number of missing ones. */
async function lacking(
  apps: AppsV1Api,
): Promise<readonly { readonly name: string; readonly away: number }[]> {
  const { items } = await apps.listNamespacedDeployment({ namespace: NAMESPACE });
  return items
    .map(({ metadata, spec, status }) => ({
      name: metadata?.name ?? "",
      away: (spec?.replicas ?? 0) - (status?.readyReplicas ?? 0),
    }))
    .filter(({ away }) => away > 0);
}

async function setUnschedulable(core: CoreV1Api, name: string, value: boolean): Promise<void> {
  for (;;) {
    const node: V1Node = await core.readNode({ name });
    try {
      await core.replaceNode({
        name,
        body: { ...node, spec: { ...node.spec, unschedulable: value } },
      });
      return;
    } catch (error) {
      // The kubelet updates the node at the same time; after a conflict this reads it again.
      if (!(error instanceof ApiException) || error.code !== 409) throw error;
    }
  }
}
