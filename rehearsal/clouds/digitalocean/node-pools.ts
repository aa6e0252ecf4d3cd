import { CLOUD_DURATIONS } from "../../../facts/durations.ts";
import { read } from "../properties.ts";
import type { Properties } from "../../providers/provider.ts";
import type { ResourceRow } from "../rows.ts";
import type { CloudObject } from "../cloud-object.ts";
import { DIGITALOCEAN_SOURCE } from "../sources.ts";
import { refusal, refuseFaults } from "./api.ts";
import { requireDroplets, requireOffer } from "./scaling.ts";
import {
  addNodes,
  CLUSTER,
  clusterOf,
  isActualCount,
  NODE_POOL,
  POOL_PROPERTIES,
  poolFaults,
  refuseNodeChanges,
  resizePool,
  startCount,
} from "./doks.ts";

/**
 * A pool in addition to the default one (digitalocean/terraform-provider-digitalocean
 * `digitalocean/kubernetes/resource_kubernetes_node_pool.go`). Creates and updates wait until every
 * node runs.
 */
export const kubernetesNodePool: ResourceRow = {
  type: NODE_POOL,
  file: "rehearsal/clouds/digitalocean/node-pools.ts",
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{id}",
  outlasted: {
    create: "Error creating Kubernetes node pool: Timeout waiting to create nodepool",
    update: "Error updating node pool: Timeout waiting to create nodepool",
  },
  autonamed: { maxLength: 255 },
  properties: {
    name: { kind: "string" },
    clusterId: { kind: "string", required: true, replaces: true },
    ...POOL_PROPERTIES,
  },
  seconds: CLOUD_DURATIONS[NODE_POOL],
  stableOutputs: "all",
  // For an autoscaled pool the provider plans no count.
  planned: ({ autoScale, nodeCount }) =>
    autoScale === true && nodeCount === undefined ? { nodeCount: null } : {},
  timeouts: { create: 30 * 60, delete: 30 * 60 },
  suppresses: (path, olds, news) => path === "nodeCount" && isActualCount(olds, news),
  apiFaults: (inputs) => poolFaults(inputs, ""),
  async create(inputs, { world }) {
    const doing = "creating Kubernetes node pool";
    const cluster = clusterOf(world, read.text(inputs, "clusterId"), doing);
    const name = read.text(inputs, "name");
    const taken =
      world.find(NODE_POOL, (other) => other["clusterId"] === cluster.id && other["name"] === name)
        .length > 0;
    if (taken)
      throw refusal(
        doing,
        "POST",
        `/v2/kubernetes/clusters/${cluster.id}/node_pools`,
        422,
        `a node pool named ${name} exists already in this cluster`,
      );
    const path = `/v2/kubernetes/clusters/${cluster.id}/node_pools`;
    refuseFaults(kubernetesNodePool, inputs, doing, "POST", path);
    requireOffer(world, cluster.region, read.text(inputs, "size"), doing, path);
    requireDroplets(world, inputs, undefined, doing, "POST", path);
    const pool = { id: world.newId(), properties: inputs };
    const count = startCount(inputs);
    return {
      id: pool.id,
      given: { nodeCount: count, actualNodeCount: 0, nodes: [] },
      ready: async () => {
        await world.get(CLUSTER, cluster.id)?.creating;
        const nodes = await addNodes(world, cluster, pool, count);
        return { actualNodeCount: nodes.length, nodes };
      },
    };
  },
  async update(object, inputs, { world }) {
    const cluster = clusterOf(
      world,
      read.text(inputs, "clusterId"),
      "updating Kubernetes node pool",
    );
    const path = `/v2/kubernetes/clusters/${cluster.id}/node_pools/${object.id}`;
    refuseFaults(kubernetesNodePool, inputs, "updating node pool", "PUT", path);
    refuseNodeChanges(read.text(inputs, "name"), object.properties, inputs);
    requireDroplets(world, inputs, object.properties, "updating node pool", "PUT", path);
    const nodes = await resizePool(
      world,
      cluster,
      { id: object.id, properties: { ...inputs, nodeCount: countAfter(object, inputs) } },
      read.list(object.properties, "nodes"),
    );
    return {
      nodeCount: inputs["nodeCount"] ?? nodes.length,
      actualNodeCount: nodes.length,
      nodes,
    };
  },
  async delete(object, { world }) {
    await world.clusters.removeNodes(
      read.text(object.properties, "clusterId"),
      read.list(object.properties, "nodes").map((node) => read.text(node, "name")),
    );
  },
};

/** An autoscaled pool keeps its current nodes, within its new bounds. */
function countAfter(object: CloudObject, inputs: Properties): number {
  if (inputs["autoScale"] !== true) return startCount(inputs);
  const now = read.list(object.properties, "nodes").length;
  return Math.min(Math.max(now, read.number(inputs, "minNodes")), read.number(inputs, "maxNodes"));
}
