import { randomBytes } from "node:crypto";
import { RECORD } from "./cloudflare/dns.ts";
import { DATABASE } from "./digitalocean/database-address.ts";
import { removeDatabase } from "./digitalocean/databases.ts";
import { read } from "./properties.ts";
import { CLUSTER, clusterOf, NODE_POOL, removeCluster, resizePool } from "./digitalocean/doks.ts";
import { nodesAt, type PoolLevel } from "./digitalocean/scaling.ts";
import type { World } from "./world.ts";

/** What happens in the clouds without the stack: an accident, the autoscaler, a decision of DigitalOcean's. Drills call these. */

/**
 * The cluster of this name is gone with its pools and nodes, and no state file knows. Without a name: the only one.
 * @throws if that is none, or more than one, naming those there are.
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
 * The Postgres is gone with its databases, roles, pool and backups, and no state file knows.
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
 * Brings every pool that scales to its most nodes, or back to its fewest, as the autoscaler would under load. Answers how many nodes
 * there are then, in all.
 */
export async function scalePools(world: World, level: PoolLevel): Promise<number> {
  let total = 0;
  for (const cluster of world.find(CLUSTER))
    total += read.list(read.object(cluster.properties, "nodePool"), "nodes").length;
  for (const pool of world.find(NODE_POOL)) {
    const cluster = clusterOf(world, read.text(pool.properties, "clusterId"), "scaling");
    const wanted = nodesAt(pool.properties, level);
    // No change of the program: the autoscaler's, which the state learns of at a refresh.
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

/** A record that somebody made by hand, without a word of why. */
export function standingRecord(
  world: World,
  zoneId: string,
  record: { readonly name: string; readonly type: string; readonly content: string },
): void {
  const id = randomBytes(16).toString("hex");
  world.put({ type: RECORD, id, properties: { zoneId, ttl: 1, proxied: false, ...record } });
}

/**
 * DigitalOcean replaces its private CA: every Postgres shows a certificate of the new one from now on, and whoever trusts the old one
 * alone gets no further.
 */
export async function replaceDatabaseCa(world: World): Promise<void> {
  const caCertificate = await world.databases.rotateCa();
  for (const [id, database] of world.databaseServers)
    world.databaseServers.set(id, { ...database, server: { ...database.server, caCertificate } });
}
