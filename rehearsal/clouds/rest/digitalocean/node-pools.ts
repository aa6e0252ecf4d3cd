import type { Properties } from "../../../providers/provider.ts";
import { CLUSTER, NODE_POOL } from "../../digitalocean/doks.ts";
import { kubernetesCluster } from "../../digitalocean/kubernetes.ts";
import { kubernetesNodePool } from "../../digitalocean/node-pools.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove, settingsOf } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import {
  change,
  found,
  make,
  missing,
  NO_CONTENT,
  ok,
  propertiesFrom,
  type FieldMap,
} from "./answers.ts";

/** Path of one cluster. */
export const ONE_CLUSTER = "/v2/kubernetes/clusters/{cluster_id}";
const POOLS = `${ONE_CLUSTER}/node_pools`;
const ONE = `${POOLS}/{node_pool_id}`;

/**
 * The tag that marks a cluster's default pool for the provider (terraform-provider-digitalocean
 * `digitalocean/kubernetes/kubernetes.go`).
 */
const DEFAULT_POOL_TAG = "terraform:default-node-pool";

/** Tags of DOKS and of the provider, which the resources don't have (`FilterTags`, same file). */
const isForeign = (tag: string): boolean => /^(k8s|terraform)(:|$)/.test(tag);

/**
 * `digitalocean/godo` v1.202.0 writes the fields of a taint in upper case. Go reads either, and so
 * does the API.
 */
const inLowerCase = (taint: Properties): Properties =>
  Object.fromEntries(Object.entries(taint).map(([key, value]) => [key.toLowerCase(), value]));

/** Fields of a pool, with the names of the rows' properties. */
export const POOL_FIELDS: FieldMap = {
  name: "name",
  size: "size",
  count: "nodeCount",
  tags: (value) => ({ tags: (value as readonly string[]).filter((tag) => !isForeign(tag)) }),
  labels: "labels",
  taints: (value) => ({ taints: (value as readonly Properties[]).map(inLowerCase) }),
  auto_scale: "autoScale",
  min_nodes: "minNodes",
  max_nodes: "maxNodes",
};

/** Node pools (digitalocean/openapi 7c1300c4 `specification/resources/kubernetes/`). */
export const nodePoolOperations: readonly Operation[] = [
  {
    method: "GET",
    path: POOLS,
    answer: (request, world) => ok({ node_pools: poolsOf(world, clusterOf(request, world)) }),
  },
  {
    method: "POST",
    path: POOLS,
    async answer(request, world) {
      const { id } = clusterOf(request, world);
      const wanted = { clusterId: id, ...propertiesFrom(request.body, POOL_FIELDS) };
      const pool = await make(kubernetesNodePool, wanted, request, world);
      return { status: 201, body: { node_pool: shownPool(id, pool.id, pool.properties, []) } };
    },
  },
  {
    method: "GET",
    path: ONE,
    answer(request, world) {
      const id = request.parameters["node_pool_id"];
      const pool = poolsOf(world, clusterOf(request, world)).find((each) => each["id"] === id);
      if (pool === undefined) throw missing(request);
      return ok({ node_pool: pool });
    },
  },
  {
    method: "PUT",
    path: ONE,
    async answer(request, world) {
      const cluster = clusterOf(request, world);
      const id = request.parameters["node_pool_id"]!;
      const { size: _, ...fields } = POOL_FIELDS;
      const wanted = withinScale(propertiesFrom(request.body, fields));
      if (id === read.object(cluster.properties, "nodePool")["id"]) {
        const before = read.object(settingsOf(kubernetesCluster, cluster), "nodePool");
        const nodePool = { ...before, ...wanted };
        await change(kubernetesCluster, cluster, { nodePool }, request, world);
      } else
        await change(kubernetesNodePool, poolOf(request, world, cluster), wanted, request, world);
      const pool = poolsOf(world, cluster).find((each) => each["id"] === id);
      return { status: 202, body: { node_pool: pool } };
    },
  },
  {
    method: "DELETE",
    path: ONE,
    async answer(request, world) {
      const pool = poolOf(request, world, clusterOf(request, world));
      await remove(kubernetesNodePool, pool, request, world);
      return NO_CONTENT;
    },
  },
];

/** The cluster of a request, or a 404. */
export function clusterOf(request: RestRequest, world: World): CloudObject {
  return found(request, world, CLUSTER, request.parameters["cluster_id"]!);
}

/** Every pool of a cluster, the default one first. */
export function poolsOf(world: World, cluster: CloudObject): readonly Properties[] {
  const own = read.object(cluster.properties, "nodePool");
  const pools = world.find(NODE_POOL, ({ clusterId }) => clusterId === cluster.id);
  return [
    shownPool(cluster.id, read.text(own, "id"), own, [DEFAULT_POOL_TAG]),
    ...pools.map(({ id, properties }) => shownPool(cluster.id, id, properties, [])),
  ];
}

function poolOf(request: RestRequest, world: World, cluster: CloudObject): CloudObject {
  const pool = found(request, world, NODE_POOL, request.parameters["node_pool_id"]!);
  if (pool.properties["clusterId"] !== cluster.id) throw missing(request);
  return pool;
}

/** Bounds apply only to an autoscaled pool. Go's clients send a 0 for those of another one. */
function withinScale(wanted: Properties): Properties {
  return wanted["autoScale"] === false
    ? { ...wanted, minNodes: undefined, maxNodes: undefined }
    : wanted;
}

/** A pool as the API shows it. Until its nodes run it has a count and no nodes. */
function shownPool(
  clusterId: string,
  id: string,
  pool: Properties,
  more: readonly string[],
): Properties {
  const worker = ["k8s", `k8s:${clusterId}`, "k8s:worker"];
  const scales = read.flag(pool, "autoScale");
  return {
    id,
    name: pool["name"],
    size: pool["size"],
    count: pool["nodeCount"] ?? 0,
    tags: [...worker, ...read.texts(pool, "tags"), ...more],
    labels: pool["labels"] ?? null,
    taints: read.list(pool, "taints"),
    auto_scale: scales,
    min_nodes: scales ? pool["minNodes"] : 0,
    max_nodes: scales ? pool["maxNodes"] : 0,
    nodes: read.list(pool, "nodes").map((node) => ({
      id: node["id"],
      name: node["name"],
      status: { state: node["status"] },
      droplet_id: node["dropletId"],
      created_at: node["createdAt"],
      updated_at: node["updatedAt"],
    })),
  };
}
