import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { SERVICES } from "../config/topology.ts";
import { metadataOf, selectorOf } from "./pod.ts";

/** The component that a Service leads to. */
export interface ServiceArgs {
  readonly namespace: pulumi.Input<string>;
  readonly component: keyof typeof SERVICES;
}

/**
 * The Service of a component. Nobody waits for it: the provider takes one that finds no pod at all
 * for ready after ten seconds (pulumi-kubernetes `provider/pkg/await/service.go`), and its pods are
 * waited for by a step of the release.
 */
export function service(
  name: string,
  { namespace, component }: ServiceArgs,
  parent: pulumi.Resource,
): void {
  const { name: called, port } = SERVICES[component];
  new kubernetes.core.v1.Service(
    `${name}-service`,
    {
      metadata: {
        ...metadataOf(namespace, component, called),
        annotations: { "pulumi.com/skipAwait": "true" },
      },
      spec: {
        selector: selectorOf(component),
        ports: [{ name: "http", port, targetPort: "http" }],
      },
    },
    { parent },
  );
}
