import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";
import { mailRecordsOf } from "./mail-records.ts";
import type { PublicHost } from "./public-hosts.ts";

/** What the records are made of. */
export interface DnsArgs {
  readonly zoneId: string;
  /** The zone's own name. */
  readonly zone: string;
  readonly domain: string;
  readonly dns: StackConfig["dns"];
  readonly hosts: readonly PublicHost[];
  /** `<tunnel id>.cfargotunnel.com` */
  readonly tunnelHostname: pulumi.Input<string>;
  /** Whether the zone is this server's alone, so that its certificates are, too. */
  readonly ownsZone: boolean;
}

/** A record that no proxy may stand before keeps its answer for so long: five minutes, so that a mistake is over soon. */
const UNPROXIED_TTL_SECONDS = 300;
/** "Automatic", the only value that a proxied record may have. */
const PROXIED_TTL = 1;
/**
 * Where a host points that only the edge answers: the discard prefix of IPv6, which goes nowhere
 * (https://developers.cloudflare.com/dns/manage-dns-records/how-to/create-zone-apex/, "originless setup"; RFC 6666).
 */
const NOWHERE = "100::";

type Record = Pick<
  cloudflare.DnsRecordArgs,
  "name" | "type" | "content" | "data" | "proxied" | "comment"
>;

/** The names by which the world finds the server, and by which receivers know its mail. Nothing here knows a cluster. */
export class Dns extends pulumi.ComponentResource {
  constructor(name: string, args: DnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:cdn:Dns", name, {}, opts);
    // After the host, not after what it is for: where web moves and its old name becomes a redirect, both records would else have that name for a moment.
    for (const { hostname, purpose, routes } of args.hosts)
      this.#record(`${name}-${hostname}`, args.zoneId, {
        name: hostname,
        ...(routes.length > 0
          ? { type: "CNAME", content: args.tunnelHostname }
          : { type: "AAAA", content: NOWHERE }),
        proxied: true,
        comment: `Mastodon: ${purpose}`,
      });
    // Exist where the zone is the server's alone: another site's certificates may come from elsewhere.
    if (args.ownsZone) this.#certificateAuthorities(name, args);
    // Exist where `dns.mail` says so. Never proxied: receivers read the record itself.
    if (args.dns.mail !== undefined)
      for (const { role, ...record } of mailRecordsOf(args.dns.mail, args.domain))
        this.#record(`${name}-${role}`, args.zoneId, {
          ...record,
          proxied: false,
          comment: "Mastodon: mail",
        });
    this.registerOutputs({});
  }

  /** Who may issue certificates, for names and for wildcards: Cloudflare's own is for both. */
  #certificateAuthorities(name: string, { zoneId, zone, dns }: DnsArgs): void {
    const { issuers, contact } = dns.caa;
    const property = (key: string, tag: string, value: string): void =>
      this.#record(`${name}-caa-${key}`, zoneId, {
        name: zone,
        type: "CAA",
        data: { flags: 0, tag, value },
        proxied: false,
        comment: "Mastodon: who may issue certificates",
      });
    for (const issuer of issuers) {
      property(issuer, "issue", issuer);
      property(`${issuer}-wildcard`, "issuewild", issuer);
    }
    if (contact !== undefined) property("contact", "iodef", `mailto:${contact}`);
  }

  #record(name: string, zoneId: string, record: Record): void {
    new cloudflare.DnsRecord(
      name,
      {
        zoneId,
        ttl: record.proxied === true ? PROXIED_TTL : UNPROXIED_TTL_SECONDS,
        ...record,
      },
      // The provider makes the successor first, and Cloudflare refuses a second record of the same name.
      { parent: this, deleteBeforeReplace: true },
    );
  }
}
