import type { Properties } from "../../providers/provider.ts";
import { read, same } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import { CLOUDFLARE_SOURCE } from "../sources.ts";
import type { World } from "../world.ts";
import { IDENTIFIER, now, refusal, STAYS } from "./api.ts";

export const ZONE_SETTING = "cloudflare:index/zoneSetting:ZoneSetting";
const FILE = "rehearsal/clouds/cloudflare/zone-settings.ts";
const given: PropertyRow = { kind: "string", output: true };
const SWITCH = ["on", "off"] as const;

/**
 * Settings that the rehearsal knows, with their values (cloudflare/terraform-provider-cloudflare
 * v5.22.0 `docs/resources/zone_setting.md`).
 */
const SETTINGS: Readonly<Record<string, readonly unknown[]>> = {
  "0rtt": SWITCH,
  always_online: SWITCH,
  always_use_https: SWITCH,
  automatic_https_rewrites: SWITCH,
  browser_check: SWITCH,
  email_obfuscation: SWITCH,
  hotlink_protection: SWITCH,
  http3: SWITCH,
  rocket_loader: SWITCH,
  websockets: SWITCH,
  min_tls_version: ["1.0", "1.1", "1.2", "1.3"],
  security_level: ["off", "essentially_off", "low", "medium", "high", "under_attack"],
  ssl: ["off", "flexible", "full", "strict"],
  tls_1_3: [...SWITCH, "zrt"],
  // Any of a list of times, and 0 for what the origin says (https://developers.cloudflare.com/cache/how-to/edge-browser-cache-ttl/).
  browser_cache_ttl: [0, 30, 60, 300, 1_200, 1_800, 3_600, 7_200, 14_400, 86_400],
};

/**
 * Values of a new zone. `browser_cache_ttl` is four hours. `always_use_https`, `browser_check`,
 * `email_obfuscation` and `websockets` are from
 * https://developers.cloudflare.com/api/resources/zones/subresources/settings/. The others are
 * assumed: Cloudflare publishes a default for few of them, and changes them.
 */
export const OF_A_NEW_ZONE: Readonly<Record<string, unknown>> = {
  ...Object.fromEntries(Object.keys(SETTINGS).map((id) => [id, "off"])),
  always_online: "on",
  automatic_https_rewrites: "on",
  browser_cache_ttl: 14_400,
  browser_check: "on",
  email_obfuscation: "on",
  http3: "on",
  min_tls_version: "1.0",
  security_level: "medium",
  ssl: "full",
  tls_1_3: "on",
  websockets: "on",
};

/**
 * The value of a setting: the one that was set, or a new zone's. Undefined if there is no such
 * setting.
 */
export function settingOf(world: World, zoneId: string, id: string): unknown {
  if (ENDED_SETTINGS.has(id) || world.endedSettings.has(id)) return undefined;
  return world.get(ZONE_SETTING, `${zoneId}/${id}`)?.properties["value"] ?? OF_A_NEW_ZONE[id];
}

/**
 * Settings that the API no longer has (cloudflare/cloudflare-docs
 * `src/content/release-notes/api-deprecations.yaml` and the deprecations page, read 2026-11-28).
 * The real API's answer is not known; the message is invented.
 */
export const ENDED_SETTINGS: ReadonlySet<string> = new Set([
  "brotli",
  "cname_flattening",
  "minify",
  "mirage",
  "mobile_redirect",
  "server_side_exclude",
]);

/**
 * A setting of a zone. Each zone has every setting from its first day. So a create is a PATCH, and
 * a delete leaves it as it is (cloudflare/terraform-provider-cloudflare v5.22.0
 * `internal/services/zone_setting/resource.go`, `Delete`). Its id is the setting's.
 */
export const zoneSetting: ResourceRow = {
  type: ZONE_SETTING,
  file: FILE,
  asOf: CLOUDFLARE_SOURCE,
  importId: "{zoneId}/{settingId}",
  forgets: STAYS,
  properties: {
    zoneId: IDENTIFIER,
    settingId: { kind: "string", required: true, replaces: true },
    value: { kind: "any", required: true },
    enabled: { kind: "boolean", computed: true },
    editable: { kind: "boolean", output: true },
    modifiedOn: given,
    timeRemaining: { kind: "number", output: true },
  },
  seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
  stableOutputs: [],
  async create(inputs, { world }) {
    refuse(inputs, world);
    return {
      // With the zone's id, because the world stores objects of all zones by type and id.
      id: `${read.text(inputs, "zoneId")}/${read.text(inputs, "settingId")}`,
      given: { editable: true, modifiedOn: now(), timeRemaining: 0 },
    };
  },
  async update(_object, inputs, { world }) {
    refuse(inputs, world);
    return { modifiedOn: now() };
  },
  // The provider removes the resource only after a 404 (`resource.go`, `Read`), and this is none.
  read({ properties }, { world }) {
    const id = read.text(properties, "settingId");
    if (world.endedSettings.has(id)) throw unrecognized("GET", settingPath(properties), id);
    return {};
  },
  // The setting stays; only the program's state loses it.
  async delete() {},
};

function settingPath(inputs: Properties): string {
  return `/zones/${read.text(inputs, "zoneId")}/settings/${read.text(inputs, "settingId")}`;
}

/**
 * Sources: cloudflare/terraform-provider-cloudflare#1810, and #1787 about removed settings; read
 * 2026-11-28.
 */
export function unrecognized(method: "GET" | "PATCH", path: string, id: string): Error {
  return refusal(method, path, 400, 1006, `Unrecognized zone setting name: ${id}`);
}

function refuse(inputs: Properties, { endedSettings }: World): void {
  const id = read.text(inputs, "settingId");
  const path = settingPath(inputs);
  if (ENDED_SETTINGS.has(id))
    throw refusal("PATCH", path, 400, 1006, `The zone setting ${id} is no longer supported`);
  const values = SETTINGS[id];
  if (values === undefined || endedSettings.has(id)) throw unrecognized("PATCH", path, id);
  // pulumi/pulumi-cloudflare#1319
  if (!values.some((value) => same(value, inputs["value"])))
    throw refusal("PATCH", path, 400, 1007, `Invalid value for zone setting ${id}`);
}
