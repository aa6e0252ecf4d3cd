import { type CoreV1Api, type V1Node, type V1Pod } from "@kubernetes/client-node";
import { type Check, checkOf } from "./check.ts";

/**
 * The API server's message for a quota that another request changed meanwhile (kubernetes/apiserver
 * `pkg/registry/generic/registry/store.go`, `OptimisticLockErrorMsg`).
 */
const COUNTED_AT_ONCE = /on resourcequotas .*the object has been modified/u;

/** Objects of the cluster that matter for placement. */
export interface ClusterSnapshot {
  readonly nodes: readonly V1Node[];
  readonly pods: readonly V1Pod[];
  /** Events of type Warning: reason and message. */
  readonly warnings: readonly { readonly reason: string; readonly message: string }[];
}

/** Reads nodes and pods of the whole cluster, and the warnings about the server's objects. */
export async function snapshotOf(api: CoreV1Api): Promise<ClusterSnapshot> {
  const [nodes, pods, events] = await Promise.all([
    api.listNode(),
    api.listPodForAllNamespaces(),
    // The cluster's own pods wait for the first node, as on a real one.
    api.listEventForAllNamespaces({
      fieldSelector: "type=Warning,involvedObject.namespace!=kube-system",
    }),
  ]);
  return {
    nodes: nodes.items,
    pods: pods.items,
    warnings: events.items.map(({ reason, message }) => ({
      reason: reason ?? "",
      message: message ?? "",
    })),
  };
}

const podName = (pod: V1Pod): string => pod.metadata?.name ?? "(a pod without a name)";

/**
 * Checks that the real scheduler placed every pod on the nodes of the configuration, and that the
 * real Pod Security admission accepted each.
 * @param paidNodes number of nodes in the configuration.
 */
export function checkPlacement(snapshot: ClusterSnapshot, paidNodes: number): readonly Check[] {
  const { nodes, pods, warnings } = snapshot;
  const names = new Set(nodes.map((node) => node.metadata?.name));
  const unplaced = pods
    .filter((pod) => !names.has(pod.spec?.nodeName ?? ""))
    .map((pod) => `${podName(pod)} is on no node`);
  const notRunning = pods
    .filter((pod) => !["Running", "Succeeded"].includes(pod.status?.phase ?? ""))
    .map((pod) => `${podName(pod)} is ${pod.status?.phase ?? "without a phase"}`);
  const refused = warnings
    .filter(({ reason }) => reason === "FailedCreate" || reason === "FailedScheduling")
    // Two Deployments created pods at the same time and both updated the quota. It is no refusal,
    // because the second is retried.
    .filter(({ message }) => !COUNTED_AT_ONCE.test(message ?? ""))
    .map(({ reason, message }) => `${reason}: ${message}`);
  return [
    checkOf(
      "the cluster has the nodes that the config pays for",
      nodes.length === paidNodes ? [] : [`${nodes.length} nodes instead of ${paidNodes}`],
      `${nodes.length} nodes`,
    ),
    checkOf(
      "the real scheduler placed every pod",
      pods.length === 0 ? ["there is no pod at all"] : [...unplaced, ...notRunning],
      `${pods.length} pods on ${new Set(pods.map((pod) => pod.spec?.nodeName)).size} nodes`,
    ),
    checkOf(
      "no pod was refused by Pod Security, quota or scheduler",
      refused,
      "no FailedCreate and no FailedScheduling event",
    ),
  ];
}

/**
 * Checks that the namespace's quota is effective: it tries (dry run) a load balancer, which would
 * be a second entrance and cost money.
 */
export async function checkQuotaBites(api: CoreV1Api, namespace: string): Promise<Check> {
  const name = "the quota refuses a load balancer beside the tunnel";
  try {
    await api.createNamespacedService({
      namespace,
      dryRun: "All",
      body: {
        metadata: { name: "second-way-in" },
        spec: { type: "LoadBalancer", ports: [{ port: 80 }] },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return checkOf(
      name,
      message.includes("exceeded quota") ? [] : [`refused for another reason: ${message}`],
      "refused: exceeded quota",
    );
  }
  return checkOf(name, ["it was admitted"], "");
}

/**
 * Checks that the namespace enforces the restricted profile. It tries (dry run) a pod without a
 * security context, which the next laxer profile would admit. Without this check, the one above
 * would also pass in a namespace that enforces nothing.
 */
export async function checkPodSecurityBites(api: CoreV1Api, namespace: string): Promise<Check> {
  const name = "Pod Security refuses a pod that could become root";
  try {
    await api.createNamespacedPod({
      namespace,
      dryRun: "All",
      body: {
        metadata: { name: "unrestricted-probe" },
        spec: { containers: [{ name: "probe", image: "probe" }] },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return checkOf(
      name,
      // The client's error quotes the API's answer.
      /violates PodSecurity [\\"]*restricted/u.test(message)
        ? []
        : [`refused for another reason: ${message}`],
      'refused: violates PodSecurity "restricted"',
    );
  }
  return checkOf(name, ["it was admitted"], "");
}
