import type { CloudflarePlan } from "../../../facts/cloudflare/plans.ts";
import type { World } from "../world.ts";

/** Which plan a zone has: Free, if nobody paid. */
export function planOf(world: World, zoneId: string): CloudflarePlan {
  return world.zonePlans.get(zoneId) ?? "free";
}
