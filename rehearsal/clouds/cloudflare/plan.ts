import type { CloudflarePlan } from "../../../facts/cloudflare/plans.ts";
import type { World } from "../world.ts";

/** Plan of a zone: Free, unless a drill set another. */
export function planOf(world: World, zoneId: string): CloudflarePlan {
  return world.zonePlans.get(zoneId) ?? "free";
}
