import type { DiscoveryV1Api, V1Container, V1Pod } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Milliseconds for which a pod that is being deleted still answers new requests, after no Service
 * has it.
 */
const LEAVE_MS = 500;
const POLL_MS = 100;

/**
 * A shortened `preStop` pause: it ends once the controllers have removed the pod from its Services.
 * On a busy machine they need seconds for that, here as in a cluster. A pod that stopped sooner
 * would lose requests that a real one answers.
 * @param isOver whether the run ends and the pause no longer matters.
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

/** Whether an endpoint of a Service still has it. Without an API there is none. */
async function isNamed(
  discovery: Pick<DiscoveryV1Api, "listNamespacedEndpointSlice">,
  { uid, namespace = "" }: V1Pod["metadata"] = {},
): Promise<boolean> {
  const slices = await discovery.listNamespacedEndpointSlice({ namespace }).catch(() => undefined);
  return (slices?.items ?? [])
    .flatMap(({ endpoints }) => endpoints ?? [])
    .some(({ conditions, targetRef }) => conditions?.ready === true && targetRef?.uid === uid);
}
