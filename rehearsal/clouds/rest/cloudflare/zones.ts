import { createHash } from "node:crypto";
import type { Properties } from "../../../providers/provider.ts";
import { planOf } from "../../cloudflare/plan.ts";
import type { CloudflareZone } from "../../cloudflare/zone.ts";
import type { World } from "../../world.ts";
import type { Operation } from "../router.ts";
import { inPath, ok, page } from "./answers.ts";

/**
 * Zones. They can't be created or deleted here, because the program uses an existing one (npm
 * `cloudflare` 7.3.0 `resources/zones`).
 */
export const zoneOperations: readonly Operation[] = [
  {
    method: "GET",
    path: "/zones",
    answer(request, world) {
      const { query } = request;
      const fits = ([id, zone]: readonly [string, CloudflareZone]): boolean =>
        (query.get("name") ?? zone.name) === zone.name &&
        (query.get("account.id") ?? zone.accountId) === zone.accountId &&
        (query.get("status") ?? statusOf(zone)) === statusOf(zone) &&
        id !== "";
      const zones = [...world.zones].filter(fits).map(([id, zone]) => shown(world, id, zone));
      return page(request, zones);
    },
  },
  {
    method: "GET",
    path: "/zones/{zone_id}",
    answer(request, world) {
      const id = inPath(request, "zone_id");
      const zone = world.zones.get(id);
      if (zone === undefined) throw new Error(`A zone ${id} that is not there got past its check.`);
      return ok(shown(world, id, zone));
    },
  },
];

const statusOf = ({ status = "active" }: CloudflareZone): string => status;

function shown(world: World, id: string, zone: CloudflareZone): Properties {
  const plan = planOf(world, id);
  const at = "2026-01-01T00:00:00.000000Z";
  return {
    id,
    name: zone.name,
    status: statusOf(zone),
    paused: false,
    type: "full",
    development_mode: 0,
    // Each zone gets two of one set, which other zones share.
    name_servers: ["ada.ns.cloudflare.com", "rob.ns.cloudflare.com"],
    original_name_servers: null,
    original_registrar: null,
    original_dnshost: null,
    created_on: at,
    modified_on: at,
    activated_on: statusOf(zone) === "active" ? at : null,
    meta: { step: 2, phishing_detected: false },
    owner: { id: null, type: "user", email: null },
    account: { id: zone.accountId, name: "the rehearsal's account" },
    plan: {
      id: createHash("md5").update(plan).digest("hex"),
      name: `${plan.replace(/^./u, (letter) => letter.toUpperCase())} Website`,
      legacy_id: plan,
      is_subscribed: plan !== "free",
      can_subscribe: false,
    },
    permissions: ["#zone:read", "#zone:edit", "#dns_records:read", "#dns_records:edit"],
  };
}
