import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { metadataOf } from "./pod.ts";

/** What is scaled, and how far. */
export interface Scaled {
  readonly namespace: pulumi.Input<string>;
  readonly component: string;
  readonly replicas: number;
  readonly maxReplicas: number;
  /** Whether it has no pods for now: `stopped` of the configuration. */
  readonly stopped: boolean;
}

/**
 * How busy the pods' processors may be on average, percent of what they ask for, before there is one pod more. High, for a pod asks for
 * a quarter of a core a worker and may use more; the value that peers with this shape run with.
 */
const CPU_PERCENT = 80;
/** For so long load must have been low before a pod goes, seconds: the next wave of a boosted post comes within minutes. */
export const CALM_SECONDS = 600;

/**
 * What a Deployment says of its number of pods. Where an autoscaler decides it says nothing: each update would otherwise put
 * the number back, in the middle of the load that raised it. Stopped, it says 0: an autoscaler does nothing at 0 pods and would
 * never bring them back by itself ("scaling is disabled since the replica count of the target is zero",
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
  return maxReplicas > replicas ? {} : { replicas };
}

/** Lets Kubernetes add pods under load, up to the ceiling that the database and the nodes have room for. None where both are equal, and none while it is stopped. */
export function autoscaler(
  name: string,
  { namespace, component, replicas, maxReplicas, stopped }: Scaled,
  deployment: kubernetes.apps.v1.Deployment,
  parent: pulumi.Resource,
): void {
  if (maxReplicas <= replicas || stopped) return;
  new kubernetes.autoscaling.v2.HorizontalPodAutoscaler(
    `${name}-autoscaler`,
    {
      metadata: metadataOf(namespace, component),
      spec: {
        scaleTargetRef: {
          apiVersion: "apps/v1",
          kind: "Deployment",
          name: deployment.metadata.name,
        },
        minReplicas: replicas,
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
      },
    },
    { parent },
  );
}
