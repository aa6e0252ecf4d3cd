import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { labelsOf } from "./pod.ts";

/** Arguments of the monitors. */
export interface PodMonitorsArgs {
  readonly namespace: pulumi.Input<string>;
  /** Components of the Sidekiq groups. */
  readonly sidekiq: readonly string[];
  /** Optional: label `release` that the operator's Prometheus selects. */
  readonly release: string | undefined;
}

/**
 * PodMonitors for the Prometheus Operator, which ignores annotations. Its CRDs must be in the
 * cluster.
 */
export class PodMonitors extends pulumi.ComponentResource {
  constructor(name: string, args: PodMonitorsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:PodMonitors", name, {}, opts);
    const { namespace, sidekiq, release } = args;
    const monitor = (role: string, components: readonly string[], port: string): void => {
      new kubernetes.apiextensions.CustomResource(
        `${name}-${role}`,
        {
          apiVersion: "monitoring.coreos.com/v1",
          kind: "PodMonitor",
          metadata: {
            namespace,
            name: `mastodon-${role}`,
            labels: { ...labelsOf("observability"), ...(release === undefined ? {} : { release }) },
          },
          spec: {
            selector: {
              matchExpressions: [
                { key: "app.kubernetes.io/component", operator: "In", values: [...components] },
              ],
            },
            podMetricsEndpoints: [{ port, path: "/metrics" }],
          },
        },
        { parent: this },
      );
    };
    monitor("exporters", ["web", ...sidekiq, "cloudflared"], "metrics");
    // On the port that members use, whose name differs.
    monitor("streaming", ["streaming"], "http");
    this.registerOutputs({});
  }
}
