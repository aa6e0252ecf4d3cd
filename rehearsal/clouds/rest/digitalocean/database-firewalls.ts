import type { Properties } from "../../../providers/provider.ts";
import { DATABASE, REPLICA } from "../../digitalocean/database-address.ts";
import { databaseFirewall, FIREWALL } from "../../digitalocean/database-firewall.ts";
import { read } from "../../properties.ts";
import type { World } from "../../world.ts";
import { remove } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import { change, make, missing, NO_CONTENT, ok } from "./answers.ts";

/**
 * Firewalls of databases and replicas (digitalocean/openapi 7c1300c4
 * `databases_update_firewall_rules.yml`). The description has no path for a replica's. The real
 * plugin v2.99.1 was seen to use it, 2026-11-28.
 */
export const firewallOperations: readonly Operation[] = [
  "/v2/databases/{database_cluster_uuid}/firewall",
  "/v2/databases/{database_cluster_uuid}/replicas/{replica_name}/firewall",
].flatMap((path): readonly Operation[] => [
  {
    method: "GET",
    path,
    answer(request, world) {
      const id = guardedBy(request, world);
      const [firewall] = world.find(FIREWALL, ({ clusterId }) => clusterId === id);
      const rules = firewall === undefined ? [] : read.list(firewall.properties, "rules");
      return ok({
        rules: rules.map(({ uuid, type, value, createdAt }) => ({
          uuid,
          cluster_uuid: id,
          type,
          value,
          created_at: createdAt,
        })),
      });
    },
  },
  {
    method: "PUT",
    path,
    async answer(request, world) {
      await putRules(request, world, guardedBy(request, world), read.list(request.body, "rules"));
      return NO_CONTENT;
    },
  },
]);

/** Replaces the list of rules. An empty list opens the database, and there is no firewall then. */
export async function putRules(
  request: RestRequest,
  world: World,
  databaseId: string,
  sent: readonly Properties[],
): Promise<void> {
  const rules = sent.map(({ type, value }) => ({ type, value }));
  const [firewall] = world.find(FIREWALL, ({ clusterId }) => clusterId === databaseId);
  if (firewall === undefined) {
    if (rules.length > 0)
      await make(databaseFirewall, { clusterId: databaseId, rules }, request, world);
  } else if (rules.length > 0) await change(databaseFirewall, firewall, { rules }, request, world);
  else await remove(databaseFirewall, firewall, request, world);
}

/** Id of the firewall's owner: the database's, or the replica's own. */
function guardedBy(request: RestRequest, world: World): string {
  const id = request.parameters["database_cluster_uuid"]!;
  const name = request.parameters["replica_name"];
  const [replica] = world.find(REPLICA, (properties) =>
    name === undefined
      ? properties["uuid"] === id
      : properties["clusterId"] === id && properties["name"] === name,
  );
  if (replica !== undefined) return read.text(replica.properties, "uuid");
  if (name !== undefined || world.get(DATABASE, id) === undefined) throw missing(request);
  return id;
}
