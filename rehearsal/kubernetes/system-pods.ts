import { ApiException, AppsV1Api, CoreV1Api, KubeConfig } from "@kubernetes/client-node";
import { SYSTEM_PER_NODE, SYSTEM_PODS, type Amount } from "../../facts/digitalocean/droplets.ts";

const NAMESPACE = "kube-system";

/** Name of the DaemonSet that simulates all of DOKS' own. */
export const SYSTEM_DAEMONS = "doks-system";

/**
 * The taint of a new node until its network runs
 * (https://docs.cilium.io/en/stable/installation/taints/). Ordinary Pods are scheduled after the
 * DaemonSets, and never take their room.
 */
export const NETWORK_NOT_READY = {
  key: "node.cilium.io/agent-not-ready",
  value: "true",
  effect: "NoSchedule",
} as const;

/**
 * Adds the Pods that DOKS itself runs to a new cluster, as far as they use resources. One Pod on
 * each node simulates all its DaemonSets, and one the cluster's DNS. Without them a rehearsal would
 * use room that a real node does not have.
 */
export async function installSystemPods(
  kubeconfigFile: string,
  { dns: withDns }: { readonly dns: boolean } = { dns: true },
): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigFile);
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  // The API server creates this namespace itself, some time after its start.
  await orThere(core.createNamespace({ body: { metadata: { name: NAMESPACE } } }));
  const [dns] = SYSTEM_PODS;
  await Promise.all([
    apps.createNamespacedDaemonSet({
      namespace: NAMESPACE,
      body: {
        metadata: { name: SYSTEM_DAEMONS },
        spec: podsOf(SYSTEM_DAEMONS, SYSTEM_PER_NODE, [{ operator: "Exists" }]),
      },
    }),
    withDns &&
      apps.createNamespacedDeployment({
        namespace: NAMESPACE,
        body: {
          metadata: { name: "coredns" },
          spec: { replicas: SYSTEM_PODS.length, ...podsOf("coredns", dns!, []) },
        },
      }),
  ]);
}

/**
 * The image of one of DOKS' own Pods. It has a tag, because otherwise a kubelet would ask a
 * registry for the newest.
 */
function systemImage(name: string): string {
  return `docker.io/library/${name}:1`;
}

/** Images of the Pods that are added to each cluster. */
export const SYSTEM_IMAGES = [SYSTEM_DAEMONS, "coredns"].map(systemImage);

function podsOf(
  name: string,
  { millicpu, mib }: Amount,
  tolerations: readonly { readonly operator: string }[],
) {
  const labels = { "k8s-app": name };
  return {
    selector: { matchLabels: labels },
    template: {
      metadata: { labels },
      spec: {
        // The priority of DOKS' own Pods: before any of the stack's, also if room is short.
        priorityClassName: "system-node-critical",
        tolerations: [...tolerations],
        containers: [
          {
            name,
            image: systemImage(name),
            resources: { requests: { cpu: `${millicpu}m`, memory: `${mib}Mi` } },
          },
        ],
      },
    },
  };
}

async function orThere(call: Promise<unknown>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiException && error.code === 409) return;
    throw error;
  }
}
