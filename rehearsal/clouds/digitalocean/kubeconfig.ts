import { stringify } from "yaml";
import type { Properties } from "../../providers/provider.ts";
import type { RunningCluster } from "../backends.ts";

/**
 * Lifetime of the credentials that the resource fetches: a week (digitalocean/openapi
 * `specification/resources/kubernetes/parameters.yml`, `expiry_seconds`).
 */
const SEVEN_DAYS_MS = 7 * 24 * 3600 * 1000;

/** The kubeconfig with a token, as the `kubeConfigs` output shows it. All of it is secret. */
export function kubeConfigOf(
  cluster: RunningCluster,
  name: string,
  region: string,
  createdAt: string,
): Properties {
  const context = `do-${region}-${name}`;
  const ca = Buffer.from(cluster.caCertificate).toString("base64");
  return {
    rawConfig: stringify({
      apiVersion: "v1",
      kind: "Config",
      clusters: [
        {
          name: context,
          cluster: { "certificate-authority-data": ca, server: cluster.endpoint },
        },
      ],
      contexts: [{ name: context, context: { cluster: context, user: `${context}-admin` } }],
      "current-context": context,
      preferences: {},
      users: [{ name: `${context}-admin`, user: { token: cluster.adminToken } }],
    }),
    host: cluster.endpoint,
    clusterCaCertificate: ca,
    token: cluster.adminToken,
    clientKey: "",
    clientCertificate: "",
    expiresAt: new Date(Date.parse(createdAt) + SEVEN_DAYS_MS).toISOString(),
  };
}
