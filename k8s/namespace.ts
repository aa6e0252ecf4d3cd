import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { PRIORITIES } from "../domain/priorities.ts";
import { NAMESPACE } from "../config/topology.ts";
import { labelsOf } from "./pod.ts";

/**
 * The namespace, with the restricted Pod Security profile: the API server refuses a pod that could
 * become root. The priority classes precede it, because the API server also refuses a pod whose
 * class is missing. Its name comes from the object's output, so that nothing in it is created
 * earlier.
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
