import { randomInt } from "node:crypto";
import type { Properties } from "../../providers/provider.ts";
import type { NodeSpec } from "../backends.ts";
import { read } from "../properties.ts";
import type { PropertyRow } from "../rows.ts";
import type { CloudObject } from "../cloud-object.ts";
import type { World } from "../world.ts";
import { now, offered, refusal } from "./api.ts";
import { NODE_SIZES } from "./sizes.ts";

export const CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster";
export const NODE_POOL = "digitalocean:index/kubernetesNodePool:KubernetesNodePool";

/** A node in both resources. */
const node: PropertyRow = {
  kind: "object",
  fields: {
    id: { kind: "string", output: true },
    name: { kind: "string", output: true },
    status: { kind: "string", output: true },
    dropletId: { kind: "string", output: true },
    createdAt: { kind: "string", output: true },
    updatedAt: { kind: "string", output: true },
  },
};

/**
 * Properties that a cluster's default pool and a separate pool share
 * (digitalocean/terraform-provider-digitalocean `digitalocean/kubernetes/kubernetes.go`,
 * `nodePoolSchema`).
 */
export const POOL_PROPERTIES: Readonly<Record<string, PropertyRow>> = {
  size: { kind: "string", required: true, replaces: true, api: offered(NODE_SIZES) },
  nodeCount: { kind: "integer", computed: true, api: atLeastOne },
  autoScale: { kind: "boolean" },
  // Scaling to zero is a private preview
  // (https://docs.digitalocean.com/reference/terraform/reference/resources/kubernetes_node_pool).
  minNodes: { kind: "integer", api: atLeastOne },
  maxNodes: { kind: "integer", api: atLeastOne },
  tags: { kind: "set", item: { kind: "string" } },
  labels: { kind: "map", item: { kind: "string" } },
  taints: {
    kind: "set",
    item: {
      kind: "object",
      fields: {
        key: { kind: "string", required: true },
        value: { kind: "string", required: true },
        effect: {
          kind: "string",
          required: true,
          allowed: ["NoSchedule", "PreferNoSchedule", "NoExecute"],
        },
      },
    },
  },
  actualNodeCount: { kind: "integer", output: true },
  nodes: { kind: "list", item: node, output: true },
};

/** Number of nodes with which a pool starts. */
export function startCount(pool: Properties): number {
  return read.optionalNumber(pool, "nodeCount") ?? read.optionalNumber(pool, "minNodes") ?? 1;
}

/**
 * Whether a count is the current number of nodes: the provider then sees no change
 * (`DiffSuppressFunc`).
 */
export function isActualCount(olds: Properties, news: Properties): boolean {
  return (news["nodeCount"] ?? olds["nodeCount"]) === olds["actualNodeCount"];
}

/** Faults between the properties of a pool, which the provider sends unchecked. */
export function poolFaults(pool: Properties, under: string): readonly string[] {
  const { autoScale, nodeCount, minNodes, maxNodes } = pool;
  if (autoScale === true && Number(minNodes) > Number(maxNodes))
    return [`${under}minNodes: ${String(minNodes)} is more than maxNodes, ${String(maxNodes)}`];
  if (autoScale === true && (minNodes === undefined || maxNodes === undefined))
    return [`${under}autoScale: needs minNodes and maxNodes`];
  if (autoScale !== true && nodeCount === undefined)
    return [`${under}nodeCount: required without autoScale`];
  return [];
}

function atLeastOne(value: unknown): string | undefined {
  return Number(value) >= 1 ? undefined : `${String(value)} nodes: at least 1`;
}

/** Starts nodes for a pool; returns them as the API shows them. */
export async function addNodes(
  world: World,
  cluster: { readonly id: string; readonly region: string; readonly version: string },
  pool: { readonly id: string; readonly properties: Properties },
  count: number,
): Promise<readonly Properties[]> {
  const poolName = read.text(pool.properties, "name");
  const specs = Array.from({ length: count }, (): NodeSpec => {
    const taints = read.list(pool.properties, "taints").map((taint) => ({
      key: read.text(taint, "key"),
      value: read.text(taint, "value"),
      effect: read.text(taint, "effect"),
    }));
    return {
      name: `${poolName}-${fiveLetters()}`,
      size: read.text(pool.properties, "size"),
      region: cluster.region,
      version: cluster.version,
      poolName,
      poolId: pool.id,
      nodeId: world.newId(),
      dropletId: randomInt(400_000_000, 600_000_000),
      labels: (pool.properties["labels"] ?? {}) as Readonly<Record<string, string>>,
      taints,
    };
  });
  await world.clusters.addNodes(cluster.id, specs);
  const at = now();
  return specs.map(({ nodeId, name, dropletId }) => ({
    id: nodeId,
    name,
    status: "running",
    dropletId: String(dropletId),
    createdAt: at,
    updatedAt: at,
  }));
}

/** Scales a pool to its wanted number of nodes; returns the new list. */
export async function resizePool(
  world: World,
  cluster: { readonly id: string; readonly region: string; readonly version: string },
  pool: { readonly id: string; readonly properties: Properties },
  nodes: readonly Properties[],
): Promise<readonly Properties[]> {
  const wanted = startCount(pool.properties);
  const leaving = nodes.slice(wanted);
  if (leaving.length > 0)
    await world.clusters.removeNodes(
      cluster.id,
      leaving.map((gone) => read.text(gone, "name")),
    );
  const added =
    wanted > nodes.length ? await addNodes(world, cluster, pool, wanted - nodes.length) : [];
  return [...nodes.slice(0, wanted), ...added];
}

/** Refuses a change of labels or taints, because the rehearsal can't relabel nodes. */
export function refuseNodeChanges(name: string, olds: Properties, news: Properties): void {
  for (const key of ["labels", "taints"])
    if (JSON.stringify(olds[key] ?? null) !== JSON.stringify(news[key] ?? null))
      throw new Error(
        `The rehearsal can't change the ${key} of the nodes of pool ${name} in place; teach it in rehearsal/clouds/digitalocean/doks.ts.`,
      );
}

/** The cluster of a pool, or a 404 with the API's message. */
export function clusterOf(
  world: World,
  id: string,
  doing: string,
): { readonly id: string; readonly region: string; readonly version: string } {
  const found = world.get(CLUSTER, id);
  if (found === undefined)
    throw refusal(
      doing,
      "POST",
      `/v2/kubernetes/clusters/${id}/node_pools`,
      404,
      "The resource you requested could not be found.",
    );
  return {
    id,
    region: read.text(found.properties, "region"),
    version: read.text(found.properties, "version"),
  };
}

/** Stops a cluster and removes it and its pools from the world. */
export async function removeCluster(world: World, cluster: CloudObject): Promise<void> {
  await world.clusters.destroy(cluster.id);
  world.runningClusters.delete(cluster.id);
  for (const pool of world.find(NODE_POOL, ({ clusterId }) => clusterId === cluster.id))
    world.remove(pool);
  world.remove(cluster);
  world.departures.begin(read.text(cluster.properties, "vpcUuid"));
}

/** The five letters and digits by which DOKS tells the nodes of a pool apart. */
function fiveLetters(): string {
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  return Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join("");
}
