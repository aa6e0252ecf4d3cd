import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import type { CloudObject } from "../cloud-object.ts";
import type { World } from "../world.ts";
import { refusal } from "./api.ts";
import { POOL, USER } from "./database-members.ts";

/**
 * Resets the password of a user of a database (digitalocean/openapi `databases_reset_auth.yml`,
 * read 2026-11-29). For Valkey it is refused: `databases_list_users.yml` and related files say that
 * "User management is not supported for Caching or Valkey clusters". Assumed: that includes this
 * call, and open connections stay.
 */
export async function resetPassword(
  world: World,
  database: CloudObject,
  name: string,
): Promise<void> {
  const { id, properties } = database;
  const path = `/v2/databases/${id}/users/${name}/reset_auth`;
  const refuse = (status: number, words: string): Error =>
    refusal("resetting the user's password", "POST", path, status, words);
  if (properties["engine"] !== "pg")
    throw refuse(422, "user management is not supported for this cluster type");
  const of = (type: string, key: string): readonly CloudObject[] =>
    world.find(type, (other) => other["clusterId"] === id && other[key] === name);
  const isAdmin = properties["user"] === name;
  const users = isAdmin ? [database] : of(USER, "name");
  if (users.length === 0) throw refuse(404, "user not found");
  const password = await world.inTurn(id, () => world.databases.resetPassword(id, name));
  for (const object of [...users, ...of(POOL, "user")])
    object.properties = withPassword(object.properties, password);
}

/** Properties with the new password, including the URIs that contain it. */
function withPassword(properties: Properties, password: string): Properties {
  const before = encodeURIComponent(read.text(properties, "password"));
  const uri = (key: string): Properties =>
    typeof properties[key] === "string"
      ? { [key]: properties[key].replace(`:${before}@`, `:${encodeURIComponent(password)}@`) }
      : {};
  return { ...properties, password, ...uri("uri"), ...uri("privateUri") };
}
