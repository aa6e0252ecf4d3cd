import type { Properties } from "../../../providers/provider.ts";
import { PORTS } from "../../digitalocean/database-address.ts";

/**
 * Connection details of a database, a pool or a replica (digitalocean/openapi 7c1300c4
 * `specification/resources/databases/models/database_connection.yml`). Its password and URI are
 * secrets.
 */
export function connection(
  properties: Properties,
  network: "public" | "private",
  override: Properties = {},
): Properties {
  const [host, uri] =
    network === "public"
      ? [properties["host"], properties["uri"]]
      : [properties["privateHost"], properties["privateUri"]];
  return {
    uri: uri ?? "",
    database: properties["database"],
    host,
    port: properties["port"] ?? PORTS.postgres,
    user: properties["user"] ?? "",
    password: properties["password"] ?? "",
    ssl: true,
    ...override,
  };
}
