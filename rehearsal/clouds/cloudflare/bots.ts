import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import { CLOUDFLARE_SOURCE } from "../sources.ts";
import type { World } from "../world.ts";
import { IDENTIFIER, refusal, STAYS } from "./api.ts";
import { planOf } from "./plan.ts";

const flag: PropertyRow = { kind: "boolean", computed: true };
const oneOf = (...allowed: readonly string[]): PropertyRow => ({
  kind: "string",
  computed: true,
  allowed,
});

/** Settings of a new zone. The names are the API's; the values are assumed. */
const OF_A_NEW_ZONE: Properties = {
  aiBotsProtection: "disabled",
  cfRobotsVariant: "off",
  contentBotsProtection: "disabled",
  crawlerProtection: "disabled",
  enableJs: false,
  usingLatestModel: true,
  staleZoneConfiguration: {},
};

/**
 * Free zones have Bot Fight Mode, paid ones Super Bot Fight Mode instead
 * (cloudflare/cloudflare-docs `src/content/plans/index.json`, `bots`; npm `cloudflare` 7.3.0
 * `resources/bot-management`, read 2026-11-28). The API returns only the settings of the zone's
 * plan.
 */
const OF_FREE: Properties = { fightMode: false };
const OF_PAID: Properties = {
  optimizeWordpress: false,
  sbfmDefinitelyAutomated: "allow",
  sbfmLikelyAutomated: "allow",
  sbfmStaticResourceProtection: false,
  sbfmVerifiedBots: "allow",
};
/** Only on Enterprise, as its Bot Management. */
const OF_ENTERPRISE = ["autoUpdateModel", "bmCookieEnabled", "suppressSessionScore"];

/**
 * Bot settings of a zone. Each zone has them once, under the zone's id, and a delete leaves them as
 * they are (cloudflare/terraform-provider-cloudflare v5.22.0
 * `internal/services/bot_management/{schema,resource}.go`).
 */
export const botManagement: ResourceRow = {
  type: "cloudflare:index/botManagement:BotManagement",
  file: "rehearsal/clouds/cloudflare/bots.ts",
  asOf: CLOUDFLARE_SOURCE,
  importId: "{zoneId}",
  forgets: STAYS,
  properties: {
    zoneId: IDENTIFIER,
    aiBotsProtection: oneOf("block", "disabled", "only_on_ad_pages"),
    autoUpdateModel: flag,
    bmCookieEnabled: flag,
    cfRobotsVariant: oneOf("off", "policy_only"),
    contentBotsProtection: oneOf("block", "disabled"),
    crawlerProtection: oneOf("enabled", "disabled"),
    enableJs: flag,
    fightMode: flag,
    isRobotsTxtManaged: { ...flag, removed: false },
    optimizeWordpress: flag,
    sbfmDefinitelyAutomated: oneOf("allow", "block", "managed_challenge"),
    sbfmLikelyAutomated: oneOf("allow", "block", "managed_challenge"),
    sbfmStaticResourceProtection: flag,
    sbfmVerifiedBots: oneOf("allow", "block"),
    suppressSessionScore: flag,
    usingLatestModel: { kind: "boolean", output: true },
    staleZoneConfiguration: { kind: "object", output: true },
  },
  seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
  stableOutputs: [],
  async create(inputs, { world }) {
    const zone = read.text(inputs, "zoneId");
    refuseForeign(world, zone, inputs);
    return { id: zone, given: { ...botsOfANewZone(world, zone), ...inputs } };
  },
  async update(object, inputs, { world }) {
    refuseForeign(world, object.id, inputs);
    return {};
  },
  async delete() {},
};

/** Bot settings of a zone in which none was set. */
export function botsOfANewZone(world: World, zone: string): Properties {
  const own = planOf(world, zone) === "free" ? OF_FREE : OF_PAID;
  return { ...OF_A_NEW_ZONE, isRobotsTxtManaged: false, ...own };
}

/** Refuses settings of another plan (assumed; number and message are invented). */
function refuseForeign(world: World, zone: string, inputs: Properties): void {
  const plan = planOf(world, zone);
  const others = plan === "free" ? OF_PAID : OF_FREE;
  const foreign = [...Object.keys(others), ...OF_ENTERPRISE].find(
    (key) => inputs[key] !== undefined,
  );
  if (foreign !== undefined)
    throw refusal(
      "PUT",
      `/zones/${zone}/bot_management`,
      400,
      1001,
      `${foreign.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)} is not available on the ${plan} plan`,
    );
}
