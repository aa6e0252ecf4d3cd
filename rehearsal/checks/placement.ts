import { type CoreV1Api, type V1Node, type V1Pod } from "@kubernetes/client-node";
import { type Check, checkOf } from "./check.ts";

/**
 * The API server's words for a quota that somebody else changed meanwhile (kubernetes/apiserver
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

/** Reads nodes and pods of the whole cluster, and the warnings about ours. */
export async function snapshotOf(api: CoreV1Api): Promise<ClusterSnapshot> {
  const [nodes, pods, events] = await Promise.all([
    api.listNode(),
    api.listPodForAllNamespaces(),
    // The cluster's own pods wait for the first node, as they do on a real one.
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
 * Whether the real scheduler placed every pod on the nodes that the config pays for, and the real
 * Pod Security admission let each in. `paidNodes` is the number of nodes that the config asks for.
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
    // Two Deployments made pods at once and both counted them: no refusal, the second is tried
    // again.
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
 * Whether the namespace's quota really bites: a load balancer, which would be a second way in and a
 * bill, is tried (dry run).
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
 * Whether the namespace really enforces the restricted profile: a pod that says nothing of its
 * privileges is tried (dry run); the next laxer profile would admit it. Without this the check
 * above would also pass in a namespace that enforces nothing.
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
      /violates PodSecurity [\\"]*restricted/u.test(message) // The API's answer is quoted in the client's error.
        ? []
        : [`refused for another reason: ${message}`],
      'refused: violates PodSecurity "restricted"',
    );
  }
  return checkOf(name, ["it was admitted"], "");
}
