import type { Properties } from "../../../providers/provider.ts";
import { dnsRecord, R2_CUSTOM_DOMAIN, RECORD } from "../../cloudflare/dns.ts";
import type { CloudObject } from "../../cloud-object.ts";
import type { World } from "../../world.ts";
import { remove } from "../acting.ts";
import type { Operation, RestRequest } from "../router.ts";
import { change, found, inPath, make, named, ok, page, replace } from "./answers.ts";
import { bodyOf, propertiesFrom, type Spelling } from "./spelling.ts";

const RECORDS = "/zones/{zone_id}/dns_records";
const ONE = `${RECORDS}/{dns_record_id}`;
const SPELLING: Spelling = { words: "snake_case", without: ["zoneId"] };

/** DNS records (npm `cloudflare` 7.3.0 `resources/dns/records`). */
export const dnsOperations: readonly Operation[] = [
  {
    method: "GET",
    path: RECORDS,
    answer(request, world) {
      const zoneId = inPath(request, "zone_id");
      const records = [...world.find(RECORD, inZone(zoneId)), ...ofBuckets(world, zoneId)]
        .map(shown)
        .filter((record) => asked(record, request.query));
      return page(request, records, 100);
    },
  },
  {
    method: "POST",
    path: RECORDS,
    async answer(request, world) {
      const record = await make(dnsRecord, wanted(request), request, world);
      return ok(shown(record));
    },
  },
  {
    method: "GET",
    path: ONE,
    answer: (request, world) => ok(shown(recordOf(request, world))),
  },
  {
    method: "PUT",
    path: ONE,
    async answer(request, world) {
      const record = recordOf(request, world);
      await replace(dnsRecord, record, wanted(request), request, world);
      return ok(shown(record));
    },
  },
  {
    method: "PATCH",
    path: ONE,
    async answer(request, world) {
      const record = recordOf(request, world);
      await change(dnsRecord, record, said(request), request, world);
      return ok(shown(record));
    },
  },
  {
    method: "DELETE",
    path: ONE,
    async answer(request, world) {
      const record = recordOf(request, world);
      await remove(dnsRecord, record, request, world);
      return ok({ id: record.id });
    },
  },
];

const inZone =
  (zoneId: string) =>
  (record: Properties): boolean =>
    record["zoneId"] === zoneId;

function said({ body }: RestRequest): Properties {
  return propertiesFrom(dnsRecord.properties, body, SPELLING);
}

/** The whole record; without a TTL it is automatic. */
function wanted(request: RestRequest): Properties {
  return { ttl: 1, ...said(request), zoneId: inPath(request, "zone_id") };
}

function recordOf(request: RestRequest, world: World): CloudObject {
  const record = named(request, world, RECORD, "dns_record_id", "zoneId");
  // zanjie1999/cloudflare-api-v4-ddns#5, 2022-07
  return found(request, record, 81_044, "Record does not exist.");
}

/** Records that Cloudflare created for a bucket's hosts; they can't be changed. */
function ofBuckets(world: World, zoneId: string): readonly CloudObject[] {
  return world.find(R2_CUSTOM_DOMAIN, inZone(zoneId)).map(({ id, properties }) => ({
    type: RECORD,
    id: Buffer.from(id).toString("hex").padEnd(32, "0").slice(0, 32),
    properties: {
      name: properties["domain"],
      type: "CNAME",
      content: "public.r2.dev",
      ttl: 1,
      proxied: true,
      proxiable: true,
      meta: '{"r2_bucket":true,"read_only":true}',
    },
  }));
}

function shown({ id, properties }: CloudObject): Properties {
  const { meta, ...body } = bodyOf(dnsRecord.properties, properties, SPELLING);
  return {
    id,
    comment: null,
    tags: [],
    ...body,
    meta: JSON.parse(String(meta ?? "{}")) as unknown,
  };
}

const FILTERS = ["name", "type", "content", "comment", "proxied"];

/** Whether a record matches the filters of a list. Other parameters have no effect here. */
function asked(record: Properties, query: URLSearchParams): boolean {
  const filters = [...query].filter(([key]) => FILTERS.includes(key.split(".", 1)[0] ?? ""));
  const fits = ([key, wantedValue]: readonly [string, string]): boolean => {
    const [field = "", how = "exact"] = key.split(".");
    const value = String(record[field] ?? "");
    if (how === "contains") return value.includes(wantedValue);
    if (how === "startswith") return value.startsWith(wantedValue);
    if (how === "endswith") return value.endsWith(wantedValue);
    return value === wantedValue;
  };
  return query.get("match") === "any" && filters.length > 0
    ? filters.some(fits)
    : filters.every(fits);
}
