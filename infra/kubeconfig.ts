import type * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";

/**
 * A kubeconfig without a credential: doctl creates a short-lived one for each run. The token that
 * DigitalOcean puts into `kubeConfigs` expires after seven days, and then every `up` fails
 * (pulumi-digitalocean#312).
 */
export function kubeconfigOf(cluster: digitalocean.KubernetesCluster): pulumi.Output<string> {
  // `kubeConfigs` as a whole is a secret. The certificate in it is public, and its diff should be
  // readable.
  const certificate = pulumi.unsecret(
    cluster.kubeConfigs.apply((configs) => configs[0]?.clusterCaCertificate ?? ""),
  );
  return pulumi.jsonStringify({
    apiVersion: "v1",
    kind: "Config",
    "current-context": "mastodon",
    clusters: [
      {
        name: "mastodon",
        cluster: { server: cluster.endpoint, "certificate-authority-data": certificate },
      },
    ],
    contexts: [{ name: "mastodon", context: { cluster: "mastodon", user: "doctl" } }],
    users: [
      {
        name: "doctl",
        user: {
          exec: {
            apiVersion: "client.authentication.k8s.io/v1beta1",
            interactiveMode: "Never",
            command: "doctl",
            args: [
              "kubernetes",
              "cluster",
              "kubeconfig",
              "exec-credential",
              "--version=v1beta1",
              cluster.id,
            ],
          },
        },
      },
    ],
  });
}
