import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import type { PlannedRecord } from "./records.ts";

/** Arguments of the records. */
export interface DnsArgs {
  readonly zoneId: string;
  readonly records: readonly PlannedRecord[];
  /** `<tunnel id>.cfargotunnel.com` */
  readonly tunnelHostname: pulumi.Input<string>;
}

/** TTL of a record that can't be proxied: five minutes, so that a mistake is corrected soon. */
const UNPROXIED_TTL_SECONDS = 300;
/** "Automatic", the only value that a proxied record may have. */
const PROXIED_TTL = 1;

/**
 * DNS records: the names of the server, and the records by which receivers verify its mail. They do
 * not depend on the cluster.
 */
export class Dns extends pulumi.ComponentResource {
  constructor(name: string, args: DnsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:cdn:Dns", name, {}, opts);
    for (const { role, ...record } of args.records)
      new cloudflare.DnsRecord(
        `${name}-${role}`,
        {
          zoneId: args.zoneId,
          ttl: record.proxied ? PROXIED_TTL : UNPROXIED_TTL_SECONDS,
          ...(record.type === "CNAME" && record.content === undefined
            ? { content: args.tunnelHostname }
            : {}),
          ...record,
        },
        // The provider creates the replacement first, and Cloudflare refuses a second record of the
        // same name.
        { parent: this, deleteBeforeReplace: true },
      );
    this.registerOutputs({});
  }
}
