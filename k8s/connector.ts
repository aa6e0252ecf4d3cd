import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { FIXED_REPLICAS, RESOURCES } from "../config/resources.ts";
import { IMAGES } from "../config/images.ts";
import { container, labelsOf, metadataOf, pod, resourcesOf, selectorOf, spread } from "./pod.ts";

/** What the connector needs. */
export interface ConnectorArgs {
  readonly namespace: pulumi.Input<string>;
  /** The tunnel's token: whoever has it can answer for the server. */
  readonly tunnelToken: pulumi.Input<string>;
}

/** User of cloudflared's image (cloudflare/cloudflared, its Dockerfile: distroless `nonroot`). */
const CLOUDFLARED_UID = 65_532;
const METRICS_PORT = 2_000;

/** cloudflared: the cluster's only way in, dialled from inside. Two, on two nodes. */
export class Connector extends pulumi.ComponentResource {
  readonly deployment: kubernetes.apps.v1.Deployment;

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
    this.deployment = new kubernetes.apps.v1.Deployment(
      name,
      {
        metadata: metadataOf(namespace, "cloudflared", "cloudflared"),
        spec: {
          replicas: FIXED_REPLICAS.connector,
          selector: { matchLabels: selectorOf("cloudflared") },
          // One after the other: a third connector might find no node of its own to come up on.
          strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
          template: {
            metadata: { labels: labelsOf("cloudflared") },
            spec: pod(CLOUDFLARED_UID, {
              containers: [
                container({
                  name: "cloudflared",
                  image: IMAGES.cloudflared,
                  args: [
                    "tunnel",
                    "--no-autoupdate",
                    "--metrics",
                    `0.0.0.0:${METRICS_PORT}`,
                    "run",
                  ],
                  envFrom: [{ secretRef: { name: token.metadata.name } }],
                  ports: [{ name: "metrics", containerPort: METRICS_PORT }],
                  readinessProbe: { ...ready, periodSeconds: 5 },
                  livenessProbe: { ...ready, periodSeconds: 20, failureThreshold: 6 },
                  resources: resourcesOf(RESOURCES.connector),
                }),
              ],
              // It lets running requests end for 30 s after SIGTERM (its --grace-period).
              terminationGracePeriodSeconds: 40,
              // Wished, not demanded: on two nodes a rollout could not place its third.
              topologySpreadConstraints: spread("cloudflared") ?? [],
            }),
          },
        },
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
