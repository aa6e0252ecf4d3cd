import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { PRIORITIES } from "../domain/priorities.ts";
import { NAMESPACE } from "../config/topology.ts";
import { labelsOf } from "./pod.ts";

/**
 * The namespace, under the restricted Pod Security profile: the API server refuses a pod that could
 * become root. Before it the classes of priority, for a pod of one that is not there is refused,
 * too. Its name is taken from the object, so that nothing is made in it before it is there.
 */
export function makeNamespace(
  name: string,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const classes = Object.values(PRIORITIES).map(
    (priority) =>
      new kubernetes.scheduling.v1.PriorityClass(
        priority.name,
        {
          metadata: { name: priority.name, labels: labelsOf("namespace") },
          value: priority.value,
          description: priority.what,
        },
        opts,
      ),
  );
  return new kubernetes.core.v1.Namespace(
    name,
    {
      metadata: {
        name: NAMESPACE,
        labels: {
          ...labelsOf("namespace"),
          "pod-security.kubernetes.io/enforce": "restricted",
          "pod-security.kubernetes.io/enforce-version": "latest",
          "pod-security.kubernetes.io/warn": "restricted",
        },
      },
    },
    { ...opts, dependsOn: classes },
  ).metadata.name;
}
