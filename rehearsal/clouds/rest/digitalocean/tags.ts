import type { Properties } from "../../../providers/provider.ts";
import { DATABASE } from "../../digitalocean/database-address.ts";
import { databaseCluster } from "../../digitalocean/databases.ts";
import { CLUSTER, NODE_POOL } from "../../digitalocean/doks.ts";
import { tag } from "../../digitalocean/tags.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import { change, found, make, missing, NO_CONTENT, ok, page, propertiesFrom } from "./answers.ts";

/**
 * Tags and the resources that have them (digitalocean/openapi 7c1300c4
 * `specification/resources/tags/`).
 */
export const tagOperations: readonly Operation[] = [
  {
    method: "GET",
    path: "/v2/tags",
    answer: (request, world) =>
      page(
        request,
        "tags",
        namesOf(world).map((name) => shown(request, world, name)),
      ),
  },
  {
    method: "POST",
    path: "/v2/tags",
    async answer(request, world) {
      const { id } = await make(
        tag,
        propertiesFrom(request.body, { name: "name" }),
        request,
        world,
      );
      return { status: 201, body: { tag: shown(request, world, id) } };
    },
  },
  {
    method: "GET",
    path: "/v2/tags/{tag_id}",
    answer(request, world) {
      const name = request.parameters["tag_id"]!;
      if (!namesOf(world).includes(name)) throw missing(request);
      return ok({ tag: shown(request, world, name) });
    },
  },
  {
    method: "DELETE",
    path: "/v2/tags/{tag_id}",
    async answer(request, world) {
      const name = request.parameters["tag_id"]!;
      await remove(tag, found(request, world, tag.type, name), request, world);
      return NO_CONTENT;
    },
  },
  ...(["POST", "DELETE"] as const).map((method): Operation => ({
    method,
    path: "/v2/tags/{tag_id}/resources",
    async answer(request, world) {
      const name = request.parameters["tag_id"]!;
      found(request, world, tag.type, name);
      for (const { resource_type, resource_id } of read.list(request.body, "resources")) {
        // Only databases: the provider tags them with this call (terraform-provider-digitalocean
        // `digitalocean/tag/tags.go`).
        if (resource_type !== "database")
          throw new Error(`The rehearsal tags databases only, no ${String(resource_type)}.`);
        const database = found(request, world, DATABASE, String(resource_id));
        const others = read.texts(database.properties, "tags").filter((each) => each !== name);
        const tags = method === "POST" ? [...others, name] : others;
        await change(databaseCluster, database, { tags }, request, world);
      }
      return NO_CONTENT;
    },
  })),
];

/**
 * Tags that were created, and those that a resource has: the API creates a tag with its first
 * resource.
 */
function namesOf(world: World): readonly string[] {
  const made = world.find(tag.type).map(({ id }) => id);
  const borne = [DATABASE, CLUSTER, NODE_POOL]
    .flatMap((type) => world.find(type))
    .flatMap(({ properties }) => read.texts(properties, "tags"));
  return [...new Set([...made, ...borne])];
}

function shown(request: RestRequest, world: World, name: string): Properties {
  const databases = world.find(DATABASE, bears(name));
  const droplets = world.find(CLUSTER).flatMap((cluster) => nodesOf(world, cluster, name));
  const counted = (ids: readonly string[], path: string): Properties =>
    ids.length === 0
      ? { count: 0 }
      : { count: ids.length, last_tagged_uri: `${request.url}${path}/${ids.at(-1)}` };
  const kinds = {
    droplets: counted(droplets, "/v2/droplets"),
    // The description writes `imgages`; digitalocean/godo v1.202.0 `tags.go` reads `images`.
    images: { count: 0 },
    volumes: { count: 0 },
    volume_snapshots: { count: 0 },
    databases: counted(
      databases.map(({ id }) => id),
      "/v2/databases",
    ),
  };
  return { name, resources: { count: databases.length + droplets.length, ...kinds } };
}

/**
 * Droplets of a cluster's nodes with the tag: they have the tags of their pool and their cluster.
 */
function nodesOf(world: World, cluster: CloudObject, name: string): readonly string[] {
  const pools = [
    read.object(cluster.properties, "nodePool"),
    ...world
      .find(NODE_POOL, ({ clusterId }) => clusterId === cluster.id)
      .map(({ properties }) => properties),
  ];
  return pools
    .filter((pool) => bears(name)(cluster.properties) || bears(name)(pool))
    .flatMap((pool) => read.list(pool, "nodes"))
    .map((node) => read.text(node, "dropletId"));
}

const bears =
  (name: string) =>
  (properties: Properties): boolean =>
    read.texts(properties, "tags").includes(name);
