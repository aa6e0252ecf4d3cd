import { DATABASE, type REPLICA } from "../../digitalocean/database-address.ts";
import type { DB, POOL, USER } from "../../digitalocean/database-members.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import type { RestRequest } from "../router.ts";
import { found, missing } from "./answers.ts";

/** Path of one database. */
export const ONE_DATABASE = "/v2/databases/{database_cluster_uuid}";

/** The database of a request, or a 404. */
export function databaseOf(request: RestRequest, world: World): CloudObject {
  return found(request, world, DATABASE, request.parameters["database_cluster_uuid"]!);
}

/** The status of a database or a replica. */
export function statusOf(object: CloudObject): string {
  return object.creating === undefined ? (object.changing ?? "online") : "creating";
}

/** A member of a database by its name, or a 404. */
export function memberOf(
  request: RestRequest,
  world: World,
  type: typeof USER | typeof DB | typeof POOL | typeof REPLICA,
  name: string,
): CloudObject {
  const { id } = databaseOf(request, world);
  const [member] = world.find(
    type,
    (properties) => properties["clusterId"] === id && properties["name"] === name,
  );
  if (member === undefined) throw missing(request);
  return member;
}
