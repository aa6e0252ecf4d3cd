import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { namespaceCeiling } from "../domain/capacity/namespace.ts";
import type { StackConfig } from "../config/schema.ts";
import { metadataOf } from "./pod.ts";

/** Arguments of the limits. */
export interface NamespaceLimitsArgs {
  readonly namespace: pulumi.Input<string>;
  readonly config: StackConfig;
}

/**
 * Limits of the namespace, and defaults for a container without requests. A Job that multiplies, or
 * a pod that an operator starts in a hurry, must not starve the server.
 */
export class NamespaceLimits extends pulumi.ComponentResource {
  constructor(name: string, args: NamespaceLimitsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:NamespaceLimits", name, {}, opts);
    const { namespace, config } = args;
    const { pods, millicpu, mib } = namespaceCeiling(config);
    new kubernetes.core.v1.ResourceQuota(
      `${name}-quota`,
      {
        metadata: metadataOf(namespace, "namespace"),
        spec: {
          hard: {
            pods: String(pods),
            "requests.cpu": `${millicpu}m`,
            "requests.memory": `${mib}Mi`,
            // The tunnel is the entrance: a load balancer or an open port of a node would be a
            // second one.
            "services.loadbalancers": "0",
            "services.nodeports": "0",
          },
        },
      },
      { parent: this },
    );
    new kubernetes.core.v1.LimitRange(
      `${name}-range`,
      {
        metadata: metadataOf(namespace, "namespace"),
        spec: {
          limits: [
            {
              type: "Container",
              defaultRequest: { cpu: "50m", memory: "64Mi" },
              default: { cpu: "500m", memory: "256Mi" },
            },
          ],
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
