import { randomBytes } from "node:crypto";
import { R2_CUSTOM_DOMAIN, RECORD } from "./cloudflare/dns.ts";
import { R2_BUCKET, removeRules } from "./cloudflare/r2.ts";
import { forgetTunnel, TUNNEL } from "./cloudflare/tunnel.ts";
import type { CloudObject } from "./cloud-object.ts";
import { DATABASE } from "./digitalocean/database-address.ts";
import { FIREWALL } from "./digitalocean/database-firewall.ts";
import { partsOf, removeDatabase } from "./digitalocean/databases.ts";
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
  const lost = onlyDatabase(world, "pg");
  await removeDatabase(world, lost);
  world.remove(lost);
}

/**
 * Deletes a database that no stack holds any more, as `doctl databases delete ID` does.
 * @throws if there is none with this id.
 */
export async function deleteDatabase(world: World, id: string): Promise<void> {
  const unwanted = world.get(DATABASE, id);
  if (unwanted === undefined) throw new Error(`There is no database ${id}.`);
  await removeDatabase(world, unwanted);
  world.remove(unwanted);
}

/** Deletes the Valkey with everything in it, without a change in any state. */
export async function loseValkey(world: World): Promise<void> {
  const lost = onlyDatabase(world, "valkey");
  await removeDatabase(world, lost);
  world.remove(lost);
}

/**
 * DigitalOcean answers 404 for the Postgres and its members, but it runs and serves.
 * @returns a function after which DigitalOcean shows all of it again.
 * @throws if there is none, or more than one.
 */
export function hideDatabase(world: World): () => void {
  const hidden = onlyDatabase(world, "pg");
  const objects = [
    hidden,
    ...partsOf(world, hidden),
    ...world.find(FIREWALL, ({ clusterId }) => clusterId === hidden.id),
  ];
  for (const object of objects) world.remove(object);
  return () => {
    for (const object of objects) world.put(object);
  };
}

function onlyDatabase(world: World, wanted: "pg" | "valkey"): CloudObject {
  return only(
    world.find(DATABASE, ({ engine }) => engine === wanted),
    `database of ${wanted}`,
  );
}

/** @throws if there is none, or more than one. */
function only(all: readonly CloudObject[], what: string): CloudObject {
  const [first] = all;
  if (first === undefined || all.length > 1)
    throw new Error(`There are ${all.length} of ${what}, and the drill needs one.`);
  return first;
}

/**
 * DigitalOcean closes the account, and everything in it ends. From then on the token is that of
 * another, empty account, to which each id of before answers 404.
 */
export async function closeAccount(world: World): Promise<void> {
  for (const cluster of world.find(CLUSTER)) await removeCluster(world, cluster);
  for (const database of world.find(DATABASE)) await removeDatabase(world, database);
  for (const object of world.all())
    if (object.type.startsWith("digitalocean:")) world.remove(object);
  world.openAnotherAccount();
}

/** Destroys the pool of the workloads with its machines, and the pods on them end at once. */
export async function losePool(world: World): Promise<void> {
  const pool = only(world.find(NODE_POOL), "node pool");
  await world.clusters.loseNodes(
    read.text(pool.properties, "clusterId"),
    read.list(pool.properties, "nodes").map((node) => read.text(node, "name")),
  );
  world.remove(pool);
}

/** Deletes the tunnel, as by hand in Cloudflare's dashboard. Its connections end. */
export function loseTunnel(world: World): void {
  const lost = only(world.find(TUNNEL), "tunnel");
  forgetTunnel(world, lost);
  world.connectors.delete(lost.id);
  world.remove(lost);
}

/** Deletes every record of a zone. Returns their number. */
export function loseRecords(world: World, zoneId: string): number {
  const records = world.find(RECORD, (record) => record["zoneId"] === zoneId);
  for (const record of records) world.remove(record);
  return records.length;
}

/** Detaches every host from its bucket. The buckets keep their objects. Returns their number. */
export function detachHosts(world: World): number {
  const hosts = world.find(R2_CUSTOM_DOMAIN);
  for (const host of hosts) world.remove(host);
  return hosts.length;
}

/** Deletes R2's buckets of media, full or empty, with their hosts and rules. Dumps stay. */
export function loseMedia(world: World): void {
  const lost = world.find(R2_BUCKET).filter(({ id }) => !id.endsWith("-backups"));
  for (const bucket of lost) {
    for (const [key] of world.r2.list(bucket.id)) world.r2.delete(bucket.id, key);
    removeRules(world, bucket);
    world.remove(bucket);
  }
  detachHosts(world);
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
