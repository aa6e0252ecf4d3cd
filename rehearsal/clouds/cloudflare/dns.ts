import { randomBytes } from "node:crypto";
import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import { ONE_CALL, type PropertyRow, type ResourceRow } from "../rows.ts";
import type { World } from "../world.ts";
import { IDENTIFIER, now, refusal } from "./api.ts";

/** Its record is of Cloudflare's making, and as good as any other (`r2.ts`). */
export const R2_CUSTOM_DOMAIN = "cloudflare:index/r2CustomDomain:R2CustomDomain";
export const RECORD = "cloudflare:index/dnsRecord:DnsRecord";
const given: PropertyRow = { kind: "string", output: true };
const PROXIABLE: ReadonlySet<unknown> = new Set(["A", "AAAA", "CNAME"]);

/**
 * A DNS record (cloudflare/terraform-provider-cloudflare v5.22.0 `internal/services/dns_record/schema.go`). Not autonamed, so a replacement
 * is created before its predecessor goes and collides with it: the program must say `deleteBeforeReplace`.
 */
export const dnsRecord: ResourceRow = {
  type: RECORD,
  file: "rehearsal/clouds/cloudflare/dns.ts",
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
    // The parts of a record that is no plain text: of CAA here.
    data: {
      kind: "object",
      fields: {
        flags: { kind: "any" },
        tag: { kind: "string", allowed: ["issue", "issuewild", "iodef"] },
        value: { kind: "string" },
      },
    },
    // 1 is "automatic"; otherwise 60 to 86400 (30 on Enterprise).
    ttl: {
      kind: "number",
      required: true,
      refuse: (value) =>
        value === 1 || (Number(value) >= 60 && Number(value) <= 86_400)
          ? undefined
          : `${String(value)} must be 1 (automatic) or 60 to 86400`,
    },
    proxied: { kind: "boolean", computed: true },
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
  stableOutputs: [], // Nothing has `UseStateForUnknown` there.
  contradictions: ({ proxied, ttl, type, content, data, name }) => [
    ...(proxied === true && ttl !== 1 && typeof ttl === "number"
      ? [{ property: "ttl", reason: "ttl: must be set to 1 when `proxied` is true" }]
      : []),
    ...(proxied === true && typeof type === "string" && !PROXIABLE.has(type)
      ? [{ property: "proxied", reason: `proxied: a ${type} record can't be proxied` }]
      : []),
    // Of a CAA record the API makes the content out of its parts.
    ...(content === undefined && !(type === "CAA" && data !== undefined)
      ? [{ property: "content", reason: `content: required for ${String(type)} ${String(name)}` }]
      : []),
  ],
  async create(inputs, { world }) {
    refuseConflict(world, inputs, undefined, "POST");
    const at = now();
    const blank = { comment: "commentModifiedOn", tags: "tagsModifiedOn" };
    return {
      id: randomBytes(16).toString("hex"),
      given: {
        content: contentOf(inputs),
        proxied: inputs["proxied"] ?? false,
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
    refuseConflict(world, inputs, object.id, "PUT");
    return { content: contentOf(inputs), settings: settingsOf(inputs), modifiedOn: now() };
  },
  async delete() {},
};

/** As a zone file has it: `0 issue "pki.goog"`. */
function contentOf(inputs: Properties): string {
  const { flags, tag, value } = (inputs["data"] ?? {}) as Properties;
  return (
    read.optionalText(inputs, "content") ?? `${String(flags)} ${String(tag)} "${String(value)}"`
  );
}

function settingsOf(inputs: Properties): Properties {
  const own = inputs["settings"] as Properties | undefined;
  // `flattenCname` is given for CNAME records alone.
  const cname = inputs["type"] === "CNAME" ? { flattenCname: false } : {};
  return { ...cname, ipv4Only: false, ipv6Only: false, ...own };
}

/** https://developers.cloudflare.com/dns/manage-dns-records/troubleshooting/records-with-same-name/ */
function refuseConflict(
  world: World,
  inputs: Properties,
  own: string | undefined,
  method: "POST" | "PUT",
): void {
  const zone = read.text(inputs, "zoneId");
  const path = `/zones/${zone}/dns_records${own === undefined ? "" : `/${own}`}`;
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
