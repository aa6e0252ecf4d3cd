import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { dashboard } from "../observability/dashboard.ts";
import { ruleGroups } from "../observability/rules.ts";
import type { StackConfig } from "../config/schema.ts";
import { labelsOf, metadataOf } from "./pod.ts";

/** Arguments of the objects for the cluster's own monitoring. */
export interface ObservabilityArgs {
  readonly namespace: pulumi.Input<string>;
  readonly observability: StackConfig["observability"];
}

/**
 * Alert rules and dashboard for the Prometheus Operator and Grafana's sidecar, each if the
 * configuration enables it.
 */
export class Observability extends pulumi.ComponentResource {
  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Observability", name, {}, opts);
    const { namespace, observability } = args;
    const { release } = observability;
    // Optional: `observability.prometheusRule`. Its CRD must be installed.
    if (observability.prometheusRule)
      new kubernetes.apiextensions.CustomResource(
        `${name}-rules`,
        {
          apiVersion: "monitoring.coreos.com/v1",
          kind: "PrometheusRule",
          metadata: {
            namespace,
            name: "mastodon",
            labels: { ...labelsOf("observability"), ...(release === undefined ? {} : { release }) },
          },
          spec: { groups: ruleGroups() },
        },
        { parent: this },
      );
    // Optional: `observability.grafanaDashboard`. Grafana's sidecar must look for it.
    if (observability.grafanaDashboard) {
      const metadata = metadataOf(namespace, "observability");
      new kubernetes.core.v1.ConfigMap(
        `${name}-dashboard`,
        {
          metadata: {
            ...metadata,
            labels: { ...labelsOf("observability"), grafana_dashboard: "1" },
          },
          data: { "mastodon.json": JSON.stringify(dashboard()) },
        },
        { parent: this },
      );
    }
    this.registerOutputs({});
  }
}
