import type { DiscoveryV1Api, V1Container, V1Pod } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds that a leaving pod still answers who has just asked, when no Service names it. */
const LEAVE_MS = 500;
const POLL_MS = 100;

/**
 * A `preStop` pause, cut short: over once the controllers have taken the pod out of its Services.
 * On a busy machine they need seconds for it, here as in a cluster; a pod that stopped sooner would
 * lose requests that a real one answers.
 * @param isOver whether nobody cares for it any more: the run ends.
 */
export async function pauseBeforeStop(
  discovery: Pick<DiscoveryV1Api, "listNamespacedEndpointSlice">,
  { metadata }: V1Pod,
  { lifecycle }: V1Container,
  isOver: () => boolean,
): Promise<void> {
  const { sleep: pause, exec } = lifecycle?.preStop ?? {};
  const seconds = pause?.seconds ?? Number(exec?.command?.at(-1) ?? 0);
  const until = performance.now() + seconds * 1_000;
  while (!isOver() && performance.now() < until) {
    if (!(await isNamed(discovery, metadata))) {
      await sleep(LEAVE_MS);
      return;
    }
    await sleep(POLL_MS);
  }
}

/** Whether an endpoint of a Service still sends to it. An API that is gone names nobody. */
async function isNamed(
  discovery: Pick<DiscoveryV1Api, "listNamespacedEndpointSlice">,
  { uid, namespace = "" }: V1Pod["metadata"] = {},
): Promise<boolean> {
  const slices = await discovery.listNamespacedEndpointSlice({ namespace }).catch(() => undefined);
  return (slices?.items ?? [])
    .flatMap(({ endpoints }) => endpoints ?? [])
    .some(({ conditions, targetRef }) => conditions?.ready === true && targetRef?.uid === uid);
}
