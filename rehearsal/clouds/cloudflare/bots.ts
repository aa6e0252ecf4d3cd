import { read } from "../properties.ts";
import { ONE_CALL, type ResourceRow } from "../rows.ts";
import { IDENTIFIER, refusal } from "./api.ts";
import { planOf } from "./plan.ts";

/**
 * What a zone does about bots; each has it once, with the zone's id, and a delete leaves it as it is
 * (cloudflare/terraform-provider-cloudflare v5.22.0 `internal/services/bot_management/{schema,resource}.go`).
 */
export const botManagement: ResourceRow = {
  type: "cloudflare:index/botManagement:BotManagement",
  file: "rehearsal/clouds/cloudflare/bots.ts",
  properties: {
    zoneId: IDENTIFIER,
    fightMode: { kind: "boolean", computed: true },
    enableJs: { kind: "boolean", computed: true },
    usingLatestModel: { kind: "boolean", output: true },
  },
  seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
  stableOutputs: [],
  async create(inputs, { world }) {
    const zone = read.text(inputs, "zoneId");
    // Assumed: paid plans have Super Bot Fight Mode in its place (cloudflare/cloudflare-docs `src/content/plans/index.json`, `bots`), with other properties.
    if (inputs["fightMode"] !== undefined && planOf(world, zone) !== "free")
      throw refusal(
        "PUT",
        `/zones/${zone}/bot_management`,
        400,
        1001,
        "fight_mode is not available on this plan",
      );
    return { id: zone, given: { enableJs: false, usingLatestModel: true } };
  },
  async update() {
    return {};
  },
  async delete() {},
};
