import { closeConnections } from "./cloudflare/connectors.ts";
import { TUNNEL } from "./cloudflare/tunnel.ts";
import { DATABASE } from "./digitalocean/database-address.ts";
import { CLUSTER } from "./digitalocean/doks.ts";
import { VPC } from "./digitalocean/vpc.ts";
import type { World } from "./world.ts";

/** A region of DigitalOcean is down, and may come back. Drills call this. */

/** Types that are in a region, and of which all others in it are parts. */
const REGIONAL: readonly string[] = [VPC, CLUSTER, DATABASE];

/**
 * Cuts a region off: every call for a thing in it fails, its servers are not found, and its
 * connectors lose their connections. All of them run on. The lists of an account still answer.
 * @returns a function after which all of it answers again.
 * @throws Error if nothing is in the region.
 */
export function cutRegion(world: World, region: string): () => void {
  const lost = world
    .all()
    .filter(({ type, properties }) => REGIONAL.includes(type) && properties["region"] === region);
  if (lost.length === 0) throw new Error(`Nothing is in the region ${region}.`);
  const { silent, runningClusters, databaseServers } = world;
  const clusters = [...runningClusters];
  const servers = [...databaseServers];
  for (const { id } of lost) {
    silent.add(id);
    runningClusters.delete(id);
    databaseServers.delete(id);
  }
  for (const { id } of world.find(TUNNEL)) closeConnections(world, id);
  return () => {
    for (const { id } of lost) silent.delete(id);
    for (const [id, running] of clusters) runningClusters.set(id, running);
    for (const [id, server] of servers) databaseServers.set(id, server);
  };
}
