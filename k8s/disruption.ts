import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { metadataOf, selectorOf } from "./pod.ts";

/** Arguments of a budget: the guarded pods. */
export interface DisruptionBudgetArgs {
  readonly namespace: pulumi.Input<string>;
  readonly component: string;
}

/**
 * Lets a drain evict one pod of a component at a time, never two: every maintenance window of DOKS
 * replaces nodes. An unready pod may always be evicted. Otherwise a pod that crashes in a loop
 * would block its node's drain without end
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
