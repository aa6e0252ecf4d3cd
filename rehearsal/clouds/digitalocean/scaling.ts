import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import type { World } from "../world.ts";
import { refusal } from "./api.ts";
import { CLUSTER, NODE_POOL, startCount } from "./doks.ts";

/** Size to which the autoscaler has scaled the pools: their minimum or their maximum. */
export type PoolLevel = "rest" | "ceiling";

/** Number of nodes of a pool at a level. A pool without autoscaling always has its own count. */
export function nodesAt(pool: Properties, level: PoolLevel): number {
  // `nodeCount` of an autoscaled pool is its current number.
  if (pool["autoScale"] !== true) return startCount(pool);
  return read.number(pool, level === "ceiling" ? "maxNodes" : "minNodes");
}

/** Sum of all pools' maximum nodes, which counts against the account's limit. */
function reserved(world: World): number {
  const builtIn = world.find(CLUSTER).map(({ properties }) => read.object(properties, "nodePool"));
  const own = world.find(NODE_POOL).map(({ properties }) => properties);
  return [...builtIn, ...own].reduce((sum, pool) => sum + nodesAt(pool, "ceiling"), 0);
}

/**
 * Refuses new Droplets in a region that accepts none (digitalocean/api-v2#41), or of a size that is
 * no longer offered (digitalocean/terraform-provider-digitalocean#827); both read 2026-11-28.
 */
export function requireOffer(
  { account }: World,
  region: string,
  size: string,
  doing: string,
  path: string,
): void {
  if (account.closedRegions.has(region))
    throw refusal(doing, "POST", path, 422, "Region is not available");
  if (account.missingSizes.has(size))
    throw refusal(doing, "POST", path, 422, "validation error: invalid droplet size");
}

/**
 * Refuses a pool whose maximum exceeds the account's Droplet limit, with the API's message
 * (digitalocean/doctl#1619).
 * @param before the current pool, for a change.
 */
export function requireDroplets(
  world: World,
  pool: Properties,
  before: Properties | undefined,
  doing: string,
  method: "POST" | "PUT",
  path: string,
): void {
  const more = nodesAt(pool, "ceiling") - (before === undefined ? 0 : nodesAt(before, "ceiling"));
  if (more <= 0 || reserved(world) + more <= world.account.dropletLimit) return;
  throw refusal(
    doing,
    method,
    path,
    422,
    `validation error: autoscale desired max nodes exceed limits, ${more} additional nodes but not enough available droplet limit`,
  );
}
