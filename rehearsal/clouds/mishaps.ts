import { randomBytes } from "node:crypto";
import { RECORD } from "./cloudflare/dns.ts";
import { DATABASE } from "./digitalocean/database-address.ts";
import { removeDatabase } from "./digitalocean/databases.ts";
import { read } from "./properties.ts";
import { CLUSTER, clusterOf, NODE_POOL, removeCluster, resizePool } from "./digitalocean/doks.ts";
import { nodesAt, type PoolLevel } from "./digitalocean/scaling.ts";
import type { World } from "./world.ts";

/**
 * Incidents in the clouds without the stack: an accident, the autoscaler, a decision of
 * DigitalOcean's. Drills call these.
 */

/**
 * Deletes the cluster of this name with its pools and nodes, without a change in any state. Without
 * a name: the only cluster.
 * @throws if there is no such cluster, or more than one, with their names.
 */
export async function loseCluster(world: World, name?: string): Promise<void> {
  const all = world.find(CLUSTER);
  const named = all.filter(({ properties }) => name === undefined || properties["name"] === name);
  const [only] = named;
  if (only === undefined || named.length > 1)
    throw new Error(
      `There are ${named.length} clusters${name === undefined ? "" : ` called ${name}`}, and the drill needs one; those that exist: ${all.map(({ properties }) => String(properties["name"])).join(", ") || "none"}.`,
    );
  await removeCluster(world, only);
}

/**
 * Deletes the Postgres with its databases, roles, pool and backups, without a change in any state.
 * @throws if there is none, or more than one.
 */
export async function loseDatabase(world: World): Promise<void> {
  const all = world.find(DATABASE, ({ engine }) => engine === "pg");
  const [only] = all;
  if (only === undefined || all.length > 1)
    throw new Error(`There are ${all.length} Postgres, and the drill needs one.`);
  await removeDatabase(world, only);
  world.remove(only);
}

/**
 * Scales every autoscaled pool to its maximum, or back to its minimum, as the autoscaler would
 * under load. Returns the number of all nodes afterwards.
 */
export async function scalePools(world: World, level: PoolLevel): Promise<number> {
  let total = 0;
  for (const cluster of world.find(CLUSTER))
    total += read.list(read.object(cluster.properties, "nodePool"), "nodes").length;
  for (const pool of world.find(NODE_POOL)) {
    const cluster = clusterOf(world, read.text(pool.properties, "clusterId"), "scaling");
    const wanted = nodesAt(pool.properties, level);
    // A change of the autoscaler's, not of the program. The state gets it at a refresh.
    const nodes = await resizePool(
      world,
      cluster,
      { id: pool.id, properties: { ...pool.properties, nodeCount: wanted } },
      read.list(pool.properties, "nodes"),
    );
    const count = nodes.length;
    pool.properties = { ...pool.properties, nodes, nodeCount: count, actualNodeCount: count };
    total += count;
  }
  return total;
}

/** A record that was created by hand, without a comment. */
export function standingRecord(
  world: World,
  zoneId: string,
  record: { readonly name: string; readonly type: string; readonly content: string },
): void {
  const id = randomBytes(16).toString("hex");
  world.put({ type: RECORD, id, properties: { zoneId, ttl: 1, proxied: false, ...record } });
}

/**
 * DigitalOcean replaces its private CA: every Postgres has a certificate of the new one. A client
 * that trusts only the old CA can't connect any more.
 */
export async function replaceDatabaseCa(world: World): Promise<void> {
  const caCertificate = await world.databases.rotateCa();
  for (const [id, database] of world.databaseServers)
    world.databaseServers.set(id, { ...database, server: { ...database.server, caCertificate } });
}
