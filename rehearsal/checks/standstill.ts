import type { CoreV1Api, V1Pod } from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { standstillSeconds } from "../../k8s/sidekiq-liveness.ts";
import { processesOf } from "../node/pod-processes.ts";
import { checkOf, type Check } from "./check.ts";

/**
 * Additional seconds that a kubelet may take. They cover the interval of the probes, their own
 * duration, and the times of a pod's status, which are whole seconds.
 */
const SLACK_SECONDS = 10;
const POLL_MS = 500;

/** Checks that the time until the restart is what the settings promise. */
export function judgeStandstill(seconds: number | undefined): readonly string[] {
  const { fewest, most } = standstillSeconds();
  if (seconds === undefined) return [`it was not started anew in ${most + SLACK_SECONDS} s`];
  if (seconds < fewest - SLACK_SECONDS)
    return [`it was started anew after ${seconds} s: something else than its heartbeat ended it`];
  return seconds > most + SLACK_SECONDS
    ? [`it was started anew only after ${seconds} s; ${most} s are promised`]
    : [];
}

/**
 * Stops a pod's Sidekiq, as a paused virtual machine would, and measures the time until its
 * restart.
 */
export async function checkStandstill(core: CoreV1Api, pod: V1Pod): Promise<Check> {
  const { name = "", namespace = "" } = pod.metadata ?? {};
  for (const { pid } of await processesOf(pod, "sidekiq")) process.kill(pid, "SIGSTOP");
  const since = Date.now();
  const { fewest, most } = standstillSeconds();
  let seconds: number | undefined;
  let ended: string | undefined;
  while (seconds === undefined && Date.now() - since < (most + SLACK_SECONDS) * 1_000) {
    await sleep(POLL_MS);
    const { status } = await core.readNamespacedPod({ name, namespace });
    const [state] = status?.containerStatuses ?? [];
    if ((state?.restartCount ?? 0) === 0 || state?.state?.running === undefined) continue;
    seconds = Math.round((Date.now() - since) / 1_000);
    ended = `${state.lastState?.terminated?.exitCode} ${state.lastState?.terminated?.reason}`;
  }
  return checkOf(
    "a Sidekiq that stands still is started anew by its own liveness probe, as soon as is computed",
    judgeStandstill(seconds),
    `${seconds} s from SIGSTOP to a new start (${fewest} to ${most} computed), ended with ${ended}`,
  );
}
