import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { metadataOf } from "./pod.ts";

/** A scaled Deployment with its bounds. */
export interface Scaled {
  readonly namespace: pulumi.Input<string>;
  readonly component: string;
  readonly replicas: number;
  readonly maxReplicas: number;
  /** Whether it has no pods for now: the key `stopped`. */
  readonly stopped: boolean;
}

/**
 * Average CPU use of the pods, percent of their requests, above which a pod is added. It is high,
 * because a pod requests a quarter of a core for each worker and may use more. Peers with this
 * setup use the same value.
 */
const CPU_PERCENT = 80;
/**
 * Seconds of low load before a pod is removed. A boosted post brings the next wave within minutes.
 */
export const CALM_SECONDS = 600;

/**
 * Whether an autoscaler sets the number of pods: for everything that has, or may have, more than
 * one. A Deployment that no longer states its number falls to one pod, Kubernetes' default, until
 * its autoscaler has measured
 * (https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling).
 *
 * With the limit between one and two, a maximum can be set and removed without losing a pod. If
 * only a Deployment that may grow had an autoscaler, the step from `small` to `medium` would take
 * web from two pods to one.
 */
export function isAutoscaled({
  maxReplicas,
  stopped,
}: Pick<Scaled, "maxReplicas" | "stopped">): boolean {
  return maxReplicas > 1 && !stopped;
}

/**
 * The number of pods that a Deployment states; none if an autoscaler sets it. Otherwise each update
 * would reset the number in the middle of the load that raised it.
 *
 * Stopped, it states 0 and the autoscaler is deleted, because an autoscaler does nothing at 0 pods
 * and would never scale up again. Source: "scaling is disabled since the replica count of the
 * target is zero",
 * https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#implicit-maintenance-mode-deactivation.
 * A Deployment without a number then starts with one pod.
 */
export function replicasOf({
  replicas,
  maxReplicas,
  stopped,
}: Omit<Scaled, "namespace" | "component">): {
  readonly replicas?: number;
} {
  if (stopped) return { replicas: 0 };
  return isAutoscaled({ maxReplicas, stopped }) ? {} : { replicas };
}

/** Specification of an autoscaler: the target load, and the minimum and maximum of pods. */
export function autoscalerSpec<Name>(name: Name, minReplicas: number, maxReplicas: number) {
  return {
    scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
    minReplicas,
    maxReplicas,
    metrics: [
      {
        type: "Resource",
        resource: {
          name: "cpu",
          target: { type: "Utilization", averageUtilization: CPU_PERCENT },
        },
      },
    ],
    behavior: { scaleDown: { stabilizationWindowSeconds: CALM_SECONDS } },
  };
}

/**
 * Lets Kubernetes add pods under load, up to the maximum for which the database and the nodes have
 * room. If the maximum equals the minimum, it only keeps the number.
 */
export function autoscaler(
  name: string,
  { namespace, component, replicas, maxReplicas, stopped }: Scaled,
  deployment: kubernetes.apps.v1.Deployment,
  parent: pulumi.Resource,
): void {
  if (!isAutoscaled({ maxReplicas, stopped })) return;
  new kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
    `${name}-autoscaler`,
    {
      metadata: metadataOf(namespace, component),
      spec: autoscalerSpec(deployment.metadata.name, replicas, maxReplicas),
    },
    { parent },
  );
}
