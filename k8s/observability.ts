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
 * Alert rules and dashboard as the Prometheus operator and Grafana's sidecar pick them up, each
 * where the config says that it is there.
 */
export class Observability extends pulumi.ComponentResource {
  constructor(name: string, args: ObservabilityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Observability", name, {}, opts);
    const { namespace, observability } = args;
    const { release } = observability;
    // Exists where `observability.prometheusRule` says that its definition does.
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
    // Exists where `observability.grafanaDashboard` says that somebody looks for it.
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
