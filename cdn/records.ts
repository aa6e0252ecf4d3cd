import { OWN_COMMENT, type WantedRecord } from "../domain/look/records.ts";
import { recordedNamesOf, type NamesConfig } from "../domain/public-names.ts";
import type { StackConfig } from "../config/schema.ts";
import { zoneOf } from "../domain/hosts.ts";
import { mailRecordsOf } from "./mail-records.ts";
import { publicHostsOf } from "./public-hosts.ts";

/**
 * Every DNS record of this program, before it is created. Both the resources and the search of the
 * zone use this list.
 */

/** A DNS record before it is created. */
export interface PlannedRecord {
  /** Name in Pulumi, after the component. */
  readonly role: string;
  readonly name: string;
  readonly type: "AAAA" | "CAA" | "CNAME" | "TXT";
  /**
   * Unset for records that lead to the tunnel, whose name is not known yet, and for a CAA record,
   * which has `data`.
   */
  readonly content?: string;
  readonly data?: { readonly flags: number; readonly tag: string; readonly value: string };
  readonly proxied: boolean;
  readonly comment: string;
}

/**
 * Target of a host that only the edge answers: the discard prefix of IPv6, which leads nowhere
 * (https://developers.cloudflare.com/dns/manage-dns-records/how-to/create-zone-apex/, "originless
 * setup"; RFC 6666).
 */
const NOWHERE = "100::";

/**
 * Records of this configuration. Cloudflare creates the records of R2's hosts, so they are not
 * among them.
 */
export function recordsOf(
  config: NamesConfig & Pick<StackConfig, "dns">,
): readonly PlannedRecord[] {
  const { dns, domain, webDomain, cloudflare } = config;
  return [
    // Named after the host, not its purpose. If web moves and its old name becomes a redirect, both
    // records would otherwise have the same name for a moment.
    ...publicHostsOf(config)
      .filter(({ hostname }) => !dns.later.includes(hostname))
      .map(({ hostname, purpose, routes }): PlannedRecord => ({
        role: hostname,
        name: hostname,
        ...(routes.length > 0 ? { type: "CNAME" } : { type: "AAAA", content: NOWHERE }),
        proxied: true,
        comment: `${OWN_COMMENT}${purpose}`,
      })),
    // Only if the zone has no other site, whose certificates may come from another authority.
    ...(cloudflare.sharedZone ? [] : authoritiesOf(zoneOf(config) ?? webDomain, dns)),
    // Optional: `dns.mail`. Never proxied, because receivers read the record itself.
    ...(dns.mail === undefined
      ? []
      : mailRecordsOf(dns.mail, domain).map((record): PlannedRecord => ({
          ...record,
          proxied: false,
          comment: `${OWN_COMMENT}mail`,
        }))),
  ];
}

/**
 * Records to look for in the zone: those of this configuration and R2's. Host names that the
 * running server already uses are excluded, because they are its own.
 * @param own host names whose records the last update created.
 */
export function wantedRecordsOf(
  config: NamesConfig & Pick<StackConfig, "dns">,
  own: readonly string[] = [],
): readonly WantedRecord[] {
  const names = recordedNamesOf(config);
  const keys = new Map(names.map(({ host, key }) => [host, key]));
  const isOwn = (host: string): boolean => own.includes(host);
  return [
    ...recordsOf(config)
      .filter(({ role, name }) => !(role === name && isOwn(name)))
      .map(({ role, name, type, content, data }) => ({
        name,
        type,
        key:
          (role === name ? keys.get(name) : undefined) ?? (type === "CAA" ? "dns.caa" : "dns.mail"),
        ...contentOf(content, data),
      })),
    ...names
      .filter(({ host, record }) => record === "r2" && !isOwn(host))
      .map(({ host, key }) => ({ name: host, type: "R2" as const, key })),
  ];
}

/** Content in the form of a zone file: `0 issue "pki.goog"`. */
function contentOf(
  content: string | undefined,
  data: PlannedRecord["data"],
): Pick<WantedRecord, "content"> {
  if (data !== undefined) return { content: `${data.flags} ${data.tag} "${data.value}"` };
  return content === undefined ? {} : { content };
}

/**
 * CAA records: the authorities that may issue certificates, for names and for wildcards.
 * Cloudflare's own certificate covers both.
 */
function authoritiesOf(zone: string, { caa }: StackConfig["dns"]): readonly PlannedRecord[] {
  const property = (key: string, tag: string, value: string): PlannedRecord => ({
    role: `caa-${key}`,
    name: zone,
    type: "CAA",
    data: { flags: 0, tag, value },
    proxied: false,
    comment: `${OWN_COMMENT}who may issue certificates`,
  });
  return [
    ...caa.issuers.flatMap((issuer) => [
      property(issuer, "issue", issuer),
      property(`${issuer}-wildcard`, "issuewild", issuer),
    ]),
    ...(caa.contact === undefined ? [] : [property("contact", "iodef", `mailto:${caa.contact}`)]),
  ];
}
