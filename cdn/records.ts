import type { StackConfig } from "../config/schema.ts";
import type { NamesConfig } from "../config/public-names.ts";
import { zoneOf } from "../config/topology.ts";
import { mailRecordsOf } from "./mail-records.ts";
import { publicHostsOf } from "./public-hosts.ts";

/** Every DNS record of this program, before anything is made: what is registered, and what the zone is asked about first. Pure. */

/** A record. */
export interface PlannedRecord {
  /** Names it in Pulumi, after the component. */
  readonly role: string;
  readonly name: string;
  readonly type: "AAAA" | "CAA" | "CNAME" | "TXT";
  /** Left out of what leads to the tunnel, whose name is not known yet, and of a CAA record, which has `data`. */
  readonly content?: string;
  readonly data?: { readonly flags: number; readonly tag: string; readonly value: string };
  readonly proxied: boolean;
  readonly comment: string;
}

/** By this each record of ours begins its comment, and is known again. */
export const OWN_COMMENT = "Mastodon: ";

/**
 * Where a host points that only the edge answers: the discard prefix of IPv6, which goes nowhere
 * (https://developers.cloudflare.com/dns/manage-dns-records/how-to/create-zone-apex/, "originless setup"; RFC 6666).
 */
const NOWHERE = "100::";

/** The records of this configuration. R2's hosts have records of Cloudflare's own making, which are not among them. */
export function recordsOf(
  config: NamesConfig & Pick<StackConfig, "dns">,
): readonly PlannedRecord[] {
  const { dns, domain, webDomain, cloudflare } = config;
  return [
    // After the host, not after what it is for: where web moves and its old name becomes a redirect, both records would else have that name for a moment.
    ...publicHostsOf(config).map(({ hostname, purpose, routes }): PlannedRecord => ({
      role: hostname,
      name: hostname,
      ...(routes.length > 0 ? { type: "CNAME" } : { type: "AAAA", content: NOWHERE }),
      proxied: true,
      comment: `${OWN_COMMENT}${purpose}`,
    })),
    // Exist where the zone is the server's alone: another site's certificates may come from elsewhere.
    ...(cloudflare.sharedZone ? [] : authoritiesOf(zoneOf(config) ?? webDomain, dns)),
    // Exist where `dns.mail` says so. Never proxied: receivers read the record itself.
    ...(dns.mail === undefined
      ? []
      : mailRecordsOf(dns.mail, domain).map((record): PlannedRecord => ({
          ...record,
          proxied: false,
          comment: `${OWN_COMMENT}mail`,
        }))),
  ];
}

/** Who may issue certificates, for names and for wildcards: Cloudflare's own is for both. */
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
