import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import type { FunctionRow } from "../rows.ts";
import type { World } from "../world.ts";
import { IDENTIFIER, refusal } from "./api.ts";
import { R2_CUSTOM_DOMAIN, RECORD } from "./dns.ts";
import { planOf } from "./plan.ts";
import type { CloudflareZone } from "./zone.ts";

const FILE = "rehearsal/clouds/cloudflare/zones.ts";

/**
 * Returns a zone of the account, or throws the API's refusal for one that the token can't see. The
 * API answers a missing zone the same way (octodns/octodns-cloudflare#60).
 */
function zoneOf(world: World, zoneId: string, path: string): CloudflareZone {
  const zone = world.zones.get(zoneId);
  if (zone === undefined)
    throw refusal("GET", path, 403, 9109, "Unauthorized to access requested resource");
  return zone;
}

/**
 * A zone by its id (pulumi/pulumi-cloudflare 6.22.1 `getZone.d.ts`, read 2026-11-28). The plan's
 * `legacyId` is one of free, pro, business, enterprise: cloudflare/terraform-provider-cloudflare
 * v5.22.0 `internal/services/zone/schema.go`. It returns only the fields that the program may read.
 */
export const getZone: FunctionRow = {
  token: "cloudflare:index/getZone:getZone",
  file: FILE,
  arguments: { zoneId: IDENTIFIER },
  async call(args, world) {
    const zoneId = read.text(args, "zoneId");
    const { name, accountId, status = "active" } = zoneOf(world, zoneId, `/zones/${zoneId}`);
    return {
      id: zoneId,
      zoneId,
      name,
      status,
      account: { id: accountId, name: "" },
      plan: { id: "", legacyId: planOf(world, zoneId), isSubscribed: true },
    };
  },
};

/**
 * A zone's records by their name (pulumi/pulumi-cloudflare 6.22.1 `getDnsRecords.d.ts`, read
 * 2026-11-28). Cloudflare creates the record of a bucket's host, a CNAME to `public.r2.dev` (seen
 * in several public zones).
 */
export const getDnsRecords: FunctionRow = {
  token: "cloudflare:index/getDnsRecords:getDnsRecords",
  file: FILE,
  arguments: {
    zoneId: IDENTIFIER,
    name: { kind: "object", required: true, fields: { exact: { kind: "string", required: true } } },
  },
  async call(args, world) {
    const zoneId = read.text(args, "zoneId");
    zoneOf(world, zoneId, `/zones/${zoneId}/dns_records`);
    const name = read.text(read.object(args, "name"), "exact");
    const made = world.find(RECORD, (each) => each["zoneId"] === zoneId && each["name"] === name);
    const ofR2 = world.find(
      R2_CUSTOM_DOMAIN,
      (each) => each["zoneId"] === zoneId && each["domain"] === name,
    );
    return {
      id: zoneId,
      zoneId,
      results: [
        ...made.map(({ id, properties }) => listed(id, name, properties)),
        ...ofR2.map(({ id }) =>
          listed(id, name, { type: "CNAME", content: "public.r2.dev", proxied: true }),
        ),
      ],
    };
  },
};

/** A record as the provider lists it: an unset property is null. */
function listed(id: string, name: string, record: Properties): Properties {
  return {
    id,
    name,
    type: record["type"],
    content: record["content"] ?? null,
    comment: record["comment"] ?? null,
    proxied: record["proxied"] ?? false,
  };
}
