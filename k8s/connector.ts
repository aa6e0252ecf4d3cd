import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PRIORITIES } from "../domain/priorities.ts";
import { FIXED_REPLICAS, RESOURCES } from "../domain/resources.ts";
import type { StackConfig } from "../config/schema.ts";
import { CONNECTOR_METRICS_PORT } from "../config/topology.ts";
import { rolledDeployment, type Rolled } from "./deployment.ts";
import { disruptionBudget } from "./disruption.ts";
import { scraped } from "./metrics.ts";
import { apart, container, metadataOf, pod, resourcesOf } from "./pod.ts";

/** Arguments of the connector. */
export interface ConnectorArgs {
  readonly namespace: pulumi.Input<string>;
  /** cloudflared's image. */
  readonly image: string;
  /** The tunnel's token. Anyone who has it can answer for the server. */
  readonly tunnelToken: pulumi.Input<string>;
  readonly metrics: StackConfig["metrics"];
}

/** User of cloudflared's image (cloudflare/cloudflared, its Dockerfile: distroless `nonroot`). */
const CLOUDFLARED_UID = 65_532;
/**
 * Seconds for which running requests may finish after SIGTERM. New ones go to the other connector.
 * It is cloudflared's default, set explicitly because the pod's grace period must be longer
 * (cloudflare/cloudflared `cmd/cloudflared/tunnel/cmd.go`, `--grace-period`). There is no
 * `preStop`: the image has no shell to sleep in, and no Service sends it requests.
 */
const GRACE_SECONDS = 30;

/** cloudflared, the cluster's only entrance, which connects from inside. Two pods, on two nodes. */
export class Connector extends pulumi.ComponentResource {
  readonly rolled: Rolled;

  constructor(name: string, args: ConnectorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Connector", name, {}, opts);
    const { namespace } = args;
    const token = new kubernetes.core.v1.Secret(
      `${name}-token`,
      {
        metadata: metadataOf(namespace, "cloudflared"),
        stringData: { TUNNEL_TOKEN: args.tunnelToken },
      },
      { parent: this },
    );
    const ready = { httpGet: { path: "/ready", port: "metrics" } };
    this.rolled = rolledDeployment(
      name,
      {
        namespace,
        component: "cloudflared",
        replicas: FIXED_REPLICAS.connector,
        // Never fewer than two: with one, a node that fails during a rollout would take the server
        // offline.
        strategy: { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        ...scraped(args.metrics, CONNECTOR_METRICS_PORT),
        pod: pod(CLOUDFLARED_UID, {
          containers: [
            container({
              name: "cloudflared",
              image: args.image,
              args: [
                "tunnel",
                "--no-autoupdate",
                "--metrics",
                `0.0.0.0:${CONNECTOR_METRICS_PORT}`,
                "--grace-period",
                `${GRACE_SECONDS}s`,
                "run",
              ],
              envFrom: [{ secretRef: { name: token.metadata.name } }],
              ports: [{ name: "metrics", containerPort: CONNECTOR_METRICS_PORT }],
              readinessProbe: { ...ready, periodSeconds: 5 },
              // The same check with a longer limit: a connector without a connection to Cloudflare
              // for two minutes is restarted.
              livenessProbe: { ...ready, periodSeconds: 20, failureThreshold: 6 },
              resources: resourcesOf(RESOURCES.connector),
            }),
          ],
          priorityClassName: PRIORITIES.serving.name,
          terminationGracePeriodSeconds: GRACE_SECONDS + 10,
          topologySpreadConstraints: apart("cloudflared") ?? [],
        }),
      },
      this,
    );
    disruptionBudget(name, { namespace, component: "cloudflared" }, this);
    this.registerOutputs({});
  }
}
