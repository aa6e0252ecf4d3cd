import type { V1Node } from "@kubernetes/client-node";
import { once } from "node:events";
import { connect } from "node:tls";
import { NAMESPACE } from "../../config/topology.ts";
import { once as askedOnce } from "../doctor/scene.ts";
import { clusterInside, clusterOfKubeconfig, terminalWorld } from "../doctor/terminal.ts";
import type { Cluster } from "../pods/cluster.ts";
import type { InCluster, NodeUse, StatusWorld } from "./scene.ts";

/** The world of a person at a terminal. */
export function statusWorld(context: string | undefined): StatusWorld {
  const connected = askedOnce(() => clusterOfKubeconfig(context));
  return {
    ...terminalWorld(),
    inside: clusterInside(connected),
    cluster: async () => await clusterSeen(await connected()),
    certificateEnd,
  };
}

/** Reads the server's objects, and the nodes' use where metrics-server answers. */
export async function clusterSeen({ apps, config, core }: Cluster): Promise<InCluster> {
  const within = { namespace: NAMESPACE };
  const [deployments, pods, nodes] = await Promise.all([
    apps.listNamespacedDeployment(within),
    core.listNamespacedPod(within),
    core
      .listNode()
      .then(
        async ({ items }) => {
          const { Metrics } = await import("@kubernetes/client-node");
          const used = await new Metrics(config).getNodeMetrics();
          return items.map((node) => usedOf(node, used.items));
        },
        () => undefined,
      )
      .catch(() => undefined),
  ]);
  return { deployments: deployments.items, pods: pods.items, nodes };
}

interface Used {
  readonly metadata: { readonly name: string };
  readonly usage: { readonly cpu: string; readonly memory: string };
}

function usedOf({ metadata, status }: V1Node, all: readonly Used[]): NodeUse {
  const name = metadata?.name ?? "";
  const usage = all.find((each) => each.metadata.name === name)?.usage;
  const allocatable = status?.allocatable;
  const percent = (used = "0", room = "1"): number =>
    Math.round((quantityOf(used) / quantityOf(room)) * 100);
  return {
    name,
    cpu: percent(usage?.cpu, allocatable?.["cpu"]),
    memory: percent(usage?.memory, allocatable?.["memory"]),
  };
}

/**
 * Suffixes of a quantity (kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity).
 */
const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** A quantity of Kubernetes as a number: `1930m` is 1.93. */
export function quantityOf(text: string): number {
  const [, number = "0", suffix = ""] = /^([\d.]+)([A-Za-z]*)$/u.exec(text) ?? [];
  return Number(number) * (SUFFIXES[suffix] ?? 1);
}

/** Milliseconds until a silent host counts as one that shows no certificate. */
const LIMIT_MS = 2_000;

async function certificateEnd(host: string): Promise<Date> {
  // A certificate that has ended is to be shown, too.
  const socket = connect({ host, port: 443, servername: host, rejectUnauthorized: false });
  try {
    await once(socket, "secureConnect", { signal: AbortSignal.timeout(LIMIT_MS) });
    return new Date(socket.getPeerCertificate().valid_to);
  } finally {
    socket.destroy();
  }
}
