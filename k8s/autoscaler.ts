import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { metadataOf } from "./pod.ts";

/** A Deployment that is scaled, and its bounds. */
export interface Scaled {
  readonly namespace: pulumi.Input<string>;
  readonly component: string;
  readonly replicas: number;
  readonly maxReplicas: number;
  /** Whether it has no pods for now: `stopped` of the configuration. */
  readonly stopped: boolean;
}

/**
 * Average CPU use of the pods, percent of their requests, above which a pod is added. It is high
 * because a pod requests a quarter of a core for each worker and may use more; the value that peers
 * with this shape run with.
 */
const CPU_PERCENT = 80;
/**
 * For so long load must have been low before a pod goes, seconds: the next wave of a boosted post
 * comes within minutes.
 */
export const CALM_SECONDS = 600;

/**
 * Whether an autoscaler holds the number of pods: of everything that has, or may have, more than
 * one. A Deployment that no longer states its number falls to one pod, Kubernetes' default, until
 * its autoscaler has looked
 * (https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling).
 * With the line drawn between one and two, room to grow can come and go and no pod goes with it;
 * drawn at "may grow", the step from `small` to `medium` took web from two pods to one.
 */
export function isAutoscaled({
  maxReplicas,
  stopped,
}: Pick<Scaled, "maxReplicas" | "stopped">): boolean {
  return maxReplicas > 1 && !stopped;
}

/**
 * The number of pods that a Deployment states. If an autoscaler decides, it states none: each
 * update would otherwise put the number back, in the middle of the load that raised it. Stopped, it
 * says 0: an autoscaler does nothing at 0 pods and would never bring them back by itself ("scaling
 * is disabled since the replica count of the target is zero",
 * https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#implicit-maintenance-mode-deactivation),
 * so it goes, too, and a Deployment that says nothing again begins with one pod.
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

/** Orders to an autoscaler: a load, and the numbers of pods between which it stays. */
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
 * Lets Kubernetes add pods under load, up to the maximum that the database and the nodes have room
 * for. Where that is no more than the minimum, it holds the number.
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
