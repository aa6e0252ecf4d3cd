import { randomBytes } from "node:crypto";
import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import { ONE_CALL } from "../../../facts/durations.ts";
import type { PropertyRow, ResourceRow } from "../rows.ts";
import { CLOUDFLARE_SOURCE } from "../sources.ts";
import type { World } from "../world.ts";
import { IDENTIFIER, now, refusal } from "./api.ts";

/** Cloudflare creates the record of this host, and it conflicts as any other (`r2.ts`). */
export const R2_CUSTOM_DOMAIN = "cloudflare:index/r2CustomDomain:R2CustomDomain";
export const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const given: PropertyRow = { kind: "string", output: true };
const PROXIABLE: ReadonlySet<unknown> = new Set(["A", "AAAA", "CNAME"]);

/**
 * A DNS record (cloudflare/terraform-provider-cloudflare v5.22.0
 * `internal/services/dns_record/schema.go`). It is not autonamed, so a replacement is created first
 * and conflicts with the old record. The program must set `deleteBeforeReplace`.
 */
export const dnsRecord: ResourceRow = {
  type: RECORD,
  file: "rehearsal/clouds/cloudflare/dns.ts",
  asOf: CLOUDFLARE_SOURCE,
  importId: "{zoneId}/{id}",
  properties: {
    zoneId: IDENTIFIER,
    name: { kind: "string", required: true },
    type: {
      kind: "string",
      required: true,
      replaces: true,
      allowed: ["A", "AAAA", "CAA", "CNAME", "MX", "NS", "TXT"],
    },
    content: { kind: "string", computed: true },
    // Fields of a record without plain content: here of CAA.
    data: {
      kind: "object",
      fields: {
        flags: { kind: "any" },
        tag: { kind: "string", allowed: ["issue", "issuewild", "iodef"] },
        value: { kind: "string" },
      },
    },
    ttl: { kind: "number", required: true },
    proxied: { kind: "boolean", computed: true, removed: false },
    priority: { kind: "number" },
    comment: { kind: "string" },
    tags: { kind: "set", computed: true, item: { kind: "string" } },
    settings: {
      kind: "object",
      computed: true,
      fields: {
        flattenCname: { kind: "boolean", computed: true },
        ipv4Only: { kind: "boolean", computed: true },
        ipv6Only: { kind: "boolean", computed: true },
      },
    },
    createdOn: given,
    modifiedOn: given,
    commentModifiedOn: given,
    tagsModifiedOn: given,
    meta: given,
    proxiable: { kind: "boolean", output: true },
  },
  seconds: { create: ONE_CALL, update: ONE_CALL, delete: ONE_CALL },
  stableOutputs: [], // No field there has `UseStateForUnknown`.
  contradictions: ({ content, data }) =>
    content === undefined || data === undefined
      ? []
      : [
          {
            property: "content",
            reason: 'content: Attribute "content" cannot be specified when "data" is specified.',
          },
        ],
  // From `internal/services/dns_record/resource.go`, Create; Update has no such check.
  refusedAtCreate: ({ proxied, ttl }) =>
    proxied === true && ttl !== 1 ? "ttl must be set to 1 when `proxied` is true" : undefined,
  async create(inputs, { world }) {
    refuseRecord(inputs, undefined, "POST");
    refuseConflict(world, inputs, undefined, "POST");
    const at = now();
    const blank = { comment: "commentModifiedOn", tags: "tagsModifiedOn" };
    return {
      id: randomBytes(16).toString("hex"),
      given: {
        content: contentOf(inputs),
        ttl: ttlOf(inputs),
        tags: inputs["tags"] ?? [],
        settings: settingsOf(inputs),
        createdOn: at,
        modifiedOn: at,
        ...Object.fromEntries(
          Object.entries(blank)
            .filter(([key]) => inputs[key] !== undefined)
            .map(([, key]) => [key, at]),
        ),
        meta: "{}",
        proxiable: PROXIABLE.has(inputs["type"]),
      },
    };
  },
  async update(object, inputs, { world }) {
    // The provider sends only the new values; unset ones stay.
    const record = { ...inputs, content: inputs["content"] ?? object.properties["content"] };
    refuseRecord(record, object.id, "PATCH");
    refuseConflict(world, record, object.id, "PATCH");
    return {
      content: contentOf(record),
      ttl: ttlOf(inputs),
      settings: settingsOf(inputs),
      modifiedOn: now(),
    };
  },
  async delete() {},
};

/** Content in the form of a zone file: `0 issue "pki.goog"`. */
function contentOf(inputs: Properties): string {
  const { data } = inputs;
  if (data === undefined) return read.text(inputs, "content");
  const { flags, tag, value } = data as Properties;
  return `${String(flags)} ${String(tag)} "${String(value)}"`;
}

/**
 * With the proxy Cloudflare chooses the TTL
 * (developers.cloudflare.com/dns/manage-dns-records/reference/ttl, read 2026-11-28).
 */
function ttlOf(inputs: Properties): number {
  return inputs["proxied"] === true ? 1 : read.number(inputs, "ttl");
}

/** Number and message of each reason, with a public report of it. */
const INVALID_TTL = {
  code: 9021, // timothymiller/cloudflare-ddns#179, 2024-02
  message: "TTL must be between 60 and 86400 seconds, or 1 for Automatic.",
};
const NOT_PROXIED = {
  code: 9004, // stephenou/fruitionsite#104, 2021-08
  message: "This record type cannot be proxied.",
};
const NO_CNAME = {
  code: 9007, // kubernetes-sigs/external-dns#2409, 2021-11
  message: "Content for CNAME record is invalid.",
};

/**
 * Refuses a record that is invalid regardless of others. The API's answer to a missing content is
 * known only for CNAME.
 */
function refuseRecord(inputs: Properties, own: string | undefined, method: "POST" | "PATCH"): void {
  const { type, proxied, ttl, content, data } = inputs;
  const isTime = ttl === 1 || (Number(ttl) >= 60 && Number(ttl) <= 86_400);
  const isEmpty = content === undefined && data === undefined;
  const reasons = [
    ...(isTime ? [] : [INVALID_TTL]),
    ...(proxied === true && !PROXIABLE.has(type) ? [NOT_PROXIED] : []),
    ...(isEmpty && type === "CNAME" ? [NO_CNAME] : []),
  ];
  if (reasons.length > 0 || isEmpty)
    throw refusal(method, pathOf(inputs, own), 400, 1004, "DNS Validation Error", reasons);
}

function pathOf(inputs: Properties, id: string | undefined): string {
  return `/zones/${read.text(inputs, "zoneId")}/dns_records${id === undefined ? "" : `/${id}`}`;
}

function settingsOf(inputs: Properties): Properties {
  const own = inputs["settings"] as Properties | undefined;
  // The API returns `flattenCname` only for CNAME records.
  const cname = inputs["type"] === "CNAME" ? { flattenCname: false } : {};
  return { ...cname, ipv4Only: false, ipv6Only: false, ...own };
}

/** https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/records-with-same-name/ */
function refuseConflict(
  world: World,
  inputs: Properties,
  own: string | undefined,
  method: "POST" | "PATCH",
): void {
  const zone = read.text(inputs, "zoneId");
  const path = pathOf(inputs, own);
  const type = read.text(inputs, "type");
  const others = world
    .find(
      RECORD,
      (other, id) => id !== own && other["zoneId"] === zone && other["name"] === inputs["name"],
    )
    .map(({ properties }) => properties);
  const content = contentOf(inputs);
  if (others.some((other) => other["type"] === type && other["content"] === content))
    throw refusal(method, path, 400, 81058, "An identical record already exists.");
  if (type === "CNAME" && others.some((other) => PROXIABLE.has(other["type"])))
    // hashicorp/terraform#10065
    throw refusal(
      method,
      path,
      400,
      81053,
      "An A, AAAA, or CNAME record with that host already exists.",
    );
  const ofR2 = world.find(R2_CUSTOM_DOMAIN, (other) => other["domain"] === inputs["name"]).length;
  if (PROXIABLE.has(type) && (ofR2 > 0 || others.some((other) => other["type"] === "CNAME")))
    // favonia/cloudflare-ddns#990
    throw refusal(method, path, 400, 81054, "A CNAME record with that host already exists.");
}
