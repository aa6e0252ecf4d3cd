import type { Properties } from "../../../providers/provider.ts";
import { DATABASE, REPLICA } from "../../digitalocean/database-address.ts";
import { databaseReplica } from "../../digitalocean/database-replicas.ts";
import { read } from "../../properties.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove } from "../acting.ts";
import type { Operation } from "../router.ts";
import { make, NO_CONTENT, ok, propertiesFrom } from "./answers.ts";
import { connection } from "./connections.ts";
import { databaseOf, memberOf, ONE_DATABASE, statusOf } from "./database-requests.ts";

const REPLICAS = `${ONE_DATABASE}/replicas`;

/**
 * Read replicas (digitalocean/openapi 7c1300c4 `databases_create_replica.yml` and related files).
 */
export const replicaOperations: readonly Operation[] = [
  {
    method: "GET",
    path: REPLICAS,
    answer(request, world) {
      const { id } = databaseOf(request, world);
      const all = world.find(REPLICA, ({ clusterId }) => clusterId === id);
      return ok({ replicas: all.map((replica) => shown(world, replica)) });
    },
  },
  {
    method: "POST",
    path: REPLICAS,
    async answer(request, world) {
      const { id } = databaseOf(request, world);
      const wanted = propertiesFrom(request.body, {
        name: "name",
        region: "region",
        size: "size",
        private_network_uuid: "privateNetworkUuid",
        tags: "tags",
        storage_size_mib: (value) => ({ storageSizeMib: String(value) }),
      });
      const replica = await make(databaseReplica, { clusterId: id, ...wanted }, request, world);
      return { status: 201, body: { replica: shown(world, replica) } };
    },
  },
  {
    method: "GET",
    path: `${REPLICAS}/{replica_name}`,
    answer(request, world) {
      const replica = memberOf(request, world, REPLICA, request.parameters["replica_name"]!);
      return ok({ replica: shown(world, replica) });
    },
  },
  {
    method: "DELETE",
    path: `${REPLICAS}/{replica_name}`,
    async answer(request, world) {
      const replica = memberOf(request, world, REPLICA, request.parameters["replica_name"]!);
      await remove(databaseReplica, replica, request, world);
      return NO_CONTENT;
    },
  },
];

function shown(world: World, object: CloudObject): Properties {
  const { properties } = object;
  const primary = world.get(DATABASE, read.text(properties, "clusterId"));
  return {
    id: properties["uuid"],
    name: properties["name"],
    region: properties["region"] ?? primary?.properties["region"],
    size: properties["size"] ?? primary?.properties["size"],
    status: statusOf(object),
    tags: read.texts(properties, "tags"),
    created_at: world.since(object),
    private_network_uuid: properties["privateNetworkUuid"],
    connection: connection(properties, "public"),
    private_connection: connection(properties, "private"),
    storage_size_mib: Number(properties["storageSizeMib"]),
  };
}
