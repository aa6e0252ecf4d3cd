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
 * The Service of a component. The update does not wait for it. After ten seconds the provider
 * treats even a Service without pods as ready (pulumi-kubernetes `provider/pkg/await/service.go`).
 * A step of the release waits for its pods.
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
