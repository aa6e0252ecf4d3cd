import type { Properties } from "../../../providers/provider.ts";
import { botManagement, botsOfANewZone } from "../../cloudflare/bots.ts";
import { argoTieredCaching, tieredCache } from "../../cloudflare/tiered-cache.ts";
import { settingOf, unrecognized, zoneSetting } from "../../cloudflare/zone-settings.ts";
import type { ResourceRow } from "../../rows.ts";
import type { World } from "../../world.ts";
import { remove, settingsOf } from "../acting.ts";
import type { Method, Operation, RestAnswer, RestRequest } from "../router.ts";
import { inPath, ok, put, refused } from "./answers.ts";
import { bodyOf, propertiesFrom, type Spelling } from "./spelling.ts";

const SETTING = "/zones/{zone_id}/settings/{setting_id}";
const BOTS = "/zones/{zone_id}/bot_management";
const ARGO = "/zones/{zone_id}/argo/tiered_caching";
const SMART = "/zones/{zone_id}/cache/tiered_cache_smart_topology_enable";
const SPELLING: Spelling = { words: "snake_case", without: ["zoneId", "settingId"] };

/**
 * Settings that each zone has from its first day, set or not (npm `cloudflare` 7.3.0
 * `resources/{zones,bot-management,argo,cache}`).
 */
export const zoneSettingOperations: readonly Operation[] = [
  { method: "GET", path: SETTING, answer: shownSetting },
  {
    method: "PATCH",
    path: SETTING,
    async answer(request, world) {
      const [zoneId, settingId] = [inPath(request, "zone_id"), inPath(request, "setting_id")];
      const wanted = propertiesFrom(zoneSetting.properties, request.body, SPELLING);
      const before = world.get(zoneSetting.type, `${zoneId}/${settingId}`);
      await put(zoneSetting, before, { ...wanted, zoneId, settingId }, request, world);
      return shownSetting(request, world);
    },
  },
  { method: "GET", path: BOTS, answer: shownBots },
  {
    method: "PUT",
    path: BOTS,
    async answer(request, world) {
      const zoneId = inPath(request, "zone_id");
      const before = world.get(botManagement.type, zoneId);
      const wanted = {
        // A PUT that accepts a part of the settings, as a PATCH does: the types of all its fields
        // are optional.
        ...(before === undefined ? {} : settingsOf(botManagement, before)),
        ...propertiesFrom(botManagement.properties, request.body, SPELLING),
        zoneId,
      };
      await put(botManagement, before, wanted, request, world);
      return shownBots(request, world);
    },
  },
  ...switchOperations(argoTieredCaching, ARGO, ["PATCH"]),
  ...switchOperations(tieredCache, SMART, ["POST", "PATCH"]),
  {
    method: "DELETE",
    path: SMART,
    async answer(request, world) {
      const object = world.get(tieredCache.type, inPath(request, "zone_id"));
      await remove(tieredCache, neverSet(request, object), request, world);
      return ok({ id: nameOf(SMART), editable: true, modified_on: null });
    },
  },
];

/** A switch of a zone, with a call that reads it and calls that set it. */
function switchOperations(
  row: ResourceRow,
  path: string,
  methods: readonly Method[],
): readonly Operation[] {
  const shown = (request: RestRequest, world: World): RestAnswer => {
    const object = world.get(row.type, inPath(request, "zone_id"));
    if (object === undefined && path === ARGO)
      return ok({ id: nameOf(path), editable: true, modified_on: null, value: "off" });
    const { properties } = neverSet(request, object);
    return ok({ id: nameOf(path), ...bodyOf(row.properties, properties, SPELLING) });
  };
  return [
    { method: "GET", path, answer: shown },
    ...methods.map((method): Operation => ({
      method,
      path,
      async answer(request, world) {
        const zoneId = inPath(request, "zone_id");
        const wanted = { ...propertiesFrom(row.properties, request.body, SPELLING), zoneId };
        await put(row, world.get(row.type, zoneId), wanted, request, world);
        return shown(request, world);
      },
    })),
  ];
}

const nameOf = (path: string): string => path.split("/").at(-1) ?? path;

/**
 * Number and message are in cloudflare/api-schemas among the answers of the cache's settings; from
 * memory, not read again.
 */
function neverSet<T>(request: RestRequest, object: T | undefined): T {
  if (object !== undefined) return object;
  throw refused(
    request,
    404,
    1142,
    `Unable to retrieve ${nameOf(SMART)} setting value. The zone setting does not exist because you never set it.`,
  );
}

function shownSetting(request: RestRequest, world: World): RestAnswer {
  const [zoneId, id] = [inPath(request, "zone_id"), inPath(request, "setting_id")];
  const value = settingOf(world, zoneId, id);
  if (value === undefined) throw unrecognized("GET", request.path, id);
  const modified_on = world.get(zoneSetting.type, `${zoneId}/${id}`)?.properties["modifiedOn"];
  return ok({ id, value, editable: true, modified_on: modified_on ?? null });
}

function shownBots(request: RestRequest, world: World): RestAnswer {
  const zoneId = inPath(request, "zone_id");
  const properties: Properties =
    world.get(botManagement.type, zoneId)?.properties ?? botsOfANewZone(world, zoneId);
  return ok(bodyOf(botManagement.properties, properties, SPELLING));
}
