import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import { CLOUDFLARE_SOURCE } from "../sources.ts";
import { IDENTIFIER, now, STAYS } from "./api.ts";

const FILE = "rehearsal/clouds/cloudflare/tiered-cache.ts";
const given: PropertyRow = { kind: "string", output: true };
const SWITCH: PropertyRow = { kind: "string", required: true, allowed: ["on", "off"] };

const properties: ResourceRow["properties"] = {
  zoneId: IDENTIFIER,
  value: SWITCH,
  editable: { kind: "boolean", output: true },
  modifiedOn: given,
};

/**
 * A switch that each zone has once, under the zone's id (cloudflare/terraform-provider-cloudflare
 * v5.22.0, `docs/resources/{argo_tiered_caching,tiered_cache}.md`, "Import").
 */
function zoneSwitch(
  type: string,
  removal: Pick<ResourceRow, "forgets" | "deleteOf404">,
): ResourceRow {
  return {
    type,
    file: FILE,
    asOf: CLOUDFLARE_SOURCE,
    importId: "{zoneId}",
    ...removal,
    properties,
    seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
    stableOutputs: [],
    async create(inputs) {
      return {
        id: read.text(inputs, "zoneId"),
        given: { editable: true, modifiedOn: now() },
      };
    },
    async update() {
      return { modifiedOn: now() };
    },
    async delete() {},
  };
}

/**
 * Whether Cloudflare's data centers request from each other before they request from the origin.
 */
export const argoTieredCaching = zoneSwitch(
  "cloudflare:index/argoTieredCaching:ArgoTieredCaching",
  { forgets: STAYS },
);

/** Whether Cloudflare chooses the upper-tier data center ("smart"). */
export const tieredCache = zoneSwitch("cloudflare:index/tieredCache:TieredCache", {
  deleteOf404: "gone",
});
