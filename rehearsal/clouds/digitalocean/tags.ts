import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import { DIGITALOCEAN_SOURCE } from "../sources.ts";

const count: PropertyRow = { kind: "integer", output: true };

/**
 * A tag; its name is its id (terraform-provider-digitalocean `digitalocean/tag/resource_tag.go`).
 * Creating an existing one is no error.
 */
export const tag: ResourceRow = {
  type: "digitalocean:index/tag:Tag",
  file: "rehearsal/clouds/digitalocean/tags.ts",
  asOf: DIGITALOCEAN_SOURCE,
  importId: "{id}",
  autonamed: { maxLength: 255 },
  properties: {
    name: {
      kind: "string",
      replaces: true,
      refuse: (value) =>
        /^[A-Za-z0-9:_-]{1,255}$/.test(String(value))
          ? undefined
          : `${String(value)} may hold letters, digits, colons, dashes and underscores only`,
    },
    databasesCount: count,
    dropletsCount: count,
    imagesCount: count,
    totalResourceCount: count,
    volumeSnapshotsCount: count,
    volumesCount: count,
  },
  seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
  stableOutputs: "all",
  async create(inputs) {
    // Counts at creation; the rehearsal does not update them, and nothing in the stack reads them.
    return {
      id: read.text(inputs, "name"),
      given: {
        databasesCount: 0,
        dropletsCount: 0,
        imagesCount: 0,
        totalResourceCount: 0,
        volumeSnapshotsCount: 0,
        volumesCount: 0,
      },
    };
  },
  async delete() {},
};
