import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { metadataOf, selectorOf } from "./pod.ts";

/** The pods that are guarded. */
export interface DisruptionBudgetArgs {
  readonly namespace: pulumi.Input<string>;
  readonly component: string;
}

/**
 * Lets a drain take one pod of a component at a time, never two: nodes are replaced in every
 * maintenance window of DOKS. A pod that isn't ready may always be evicted; otherwise one that
 * crashes in a loop would keep its node from being drained, for ever
 * (https://kubernetes.io/docs/tasks/run-application/configure-pdb/#unhealthy-pod-eviction-policy).
 */
export function disruptionBudget(
  name: string,
  { namespace, component }: DisruptionBudgetArgs,
  parent: pulumi.Resource,
): void {
  new kubernetes.policy.v1.PodDisruptionBudget(
    `${name}-disruption`,
    {
      metadata: metadataOf(namespace, component),
      spec: {
        maxUnavailable: 1,
        selector: { matchLabels: selectorOf(component) },
        unhealthyPodEvictionPolicy: "AlwaysAllow",
      },
    },
    { parent },
  );
}
