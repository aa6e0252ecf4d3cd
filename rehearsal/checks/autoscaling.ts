import type {
  AutoscalingV2Api,
  Metrics,
  V1Pod,
  V2HorizontalPodAutoscaler,
} from "@kubernetes/client-node";
import { setTimeout as sleep } from "node:timers/promises";
import { autoscalerSpec } from "../../k8s/autoscaler.ts";
import { checkOf, type Check } from "./check.ts";

/** Input of the check: the APIs that it calls, and a pod that it can load. */
export interface AutoscaledGround {
  readonly autoscaling: AutoscalingV2Api;
  readonly metrics: Metrics;
  /** A running pod of the Deployment, whose CPU is kept busy. */
  readonly pod: V1Pod;
  /** The Deployment's name. */
  readonly deployment: string;
  /** Keeps a CPU of the pod busy until it is stopped, at most for the timeout of the check. */
  readonly burn: () => { readonly stop: () => void };
}

/**
 * Timeout for the autoscaler to request another pod, milliseconds. It looks every 15 seconds, and
 * metrics-server scrapes the kubelets as often; 21.5 s were seen.
 */
export const AUTOSCALED_MS = 90_000;
const POLL_MS = 1_000;

/**
 * Checks that CPU load of a pod raises the desired replicas. The chain is kubelet, metrics-server,
 * its API, and an autoscaler as in the larger profiles. At most the additional pod remains; the
 * caller resets the number of replicas.
 */
export async function checkAutoscaling(ground: AutoscaledGround): Promise<Check> {
  const { autoscaling, pod, deployment } = ground;
  const { name = "", namespace = "" } = pod.metadata ?? {};
  const hpa = { namespace, name: `tried-${deployment}` };
  const idle = await millicoresOf(ground.metrics, namespace, name);
  await autoscaling.createNamespacedHorizontalPodAutoscaler({
    namespace,
    body: {
      metadata: hpa,
      spec: autoscalerSpec(deployment, 1, 2),
    } as V2HorizontalPodAutoscaler,
  });
  const burning = ground.burn();
  const startedAt = Date.now();
  try {
    let said = "nothing yet";
    while (Date.now() - startedAt < AUTOSCALED_MS) {
      const { status } = await autoscaling.readNamespacedHorizontalPodAutoscaler(hpa);
      const percent = status?.currentMetrics?.[0]?.resource?.current.averageUtilization;
      said = `${percent ?? "?"} % of the request, ${status?.desiredReplicas ?? 0} wanted; ${status?.conditions?.find((one) => one.status === "False")?.message ?? ""}`;
      if ((status?.desiredReplicas ?? 0) > 1) {
        const seconds = Math.round((Date.now() - startedAt) / 1000);
        const busy = await millicoresOf(ground.metrics, namespace, name);
        return result(
          busy > idle ? [] : [`the metrics API says ${busy}m at work, ${idle}m before`],
          `${percent} % of the request after ${seconds} s (${idle}m before, ${busy}m then), 2 pods wanted`,
        );
      }
      await sleep(POLL_MS);
    }
    return result([`no second pod was wanted in ${AUTOSCALED_MS / 1000} s: ${said}`], "");
  } finally {
    burning.stop();
    await autoscaling.deleteNamespacedHorizontalPodAutoscaler(hpa).catch(() => undefined);
  }
}

function result(complaints: readonly string[], seen: string): Check {
  return checkOf("a pod at work makes an autoscaler want a second one", complaints, seen);
}

/** CPU use of a pod from the metrics API, in millicores; 0 while it has no data. */
async function millicoresOf(metrics: Metrics, namespace: string, name: string): Promise<number> {
  const { items } = await metrics.getPodMetrics(namespace);
  const containers = items.find(({ metadata }) => metadata.name === name)?.containers ?? [];
  return Math.round(containers.reduce((sum, { usage }) => sum + millicores(usage.cpu), 0));
}

/** Converts a CPU quantity, "388m", "1" or "12345678n", to millicores. */
export function millicores(quantity: string): number {
  const [, digits = "", unit = ""] = /^(\d+)([num]?)$/u.exec(quantity) ?? [];
  if (digits === "") throw new Error(`"${quantity}" is no amount of processor time.`);
  return Number(digits) * { "": 1000, m: 1, u: 1e-3, n: 1e-6 }[unit as "" | "m" | "u" | "n"];
}
