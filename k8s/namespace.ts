import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { PRIORITIES } from "../config/priorities.ts";
import { NAMESPACE } from "../config/topology.ts";
import { labelsOf } from "./pod.ts";

/**
 * The namespace, with the classes of priority that its pods are of: a pod of a class that is not there is refused. It is under the restricted Pod Security profile: a pod that could become root is refused by the API server. Its name is
 * taken from the object, so that nothing is made in it before it is there.
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
