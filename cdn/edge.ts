import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";
import type { Hosts } from "../config/topology.ts";

/** What the edge needs. */
export interface EdgeArgs {
  readonly cloudflare: StackConfig["cloudflare"];
  readonly hosts: Hosts;
  /** Hosts of media that the cluster answers; those of R2 have records of Cloudflare's own making. */
  readonly mediaHosts: readonly string[];
  /** `<tunnel id>.cfargotunnel.com` */
  readonly tunnelHostname: pulumi.Input<string>;
}

/**
 * Cloudflare's expression for the files whose name carries a hash of their content. Two kinds under `/packs/` carry none: the service
 * worker and Vite's manifest (mastodon/mastodon `vite.config.mts`).
 */
function hashedFiles(host: string): string {
  const path = "http.request.uri.path";
  return `(http.host eq "${host}" and (starts_with(${path}, "/packs/") or starts_with(${path}, "/assets/")) and not starts_with(${path}, "/packs/sw.js") and not starts_with(${path}, "/packs/.vite/"))`;
}

/** What the world sees: one proxied record per host, and the cache in front of the static files. Nothing here knows a cluster. */
export class Edge extends pulumi.ComponentResource {
  constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:cdn:Edge", name, {}, opts);
    const { zoneId } = args.cloudflare;
    for (const [role, host] of [
      ...Object.entries(args.hosts),
      ...args.mediaHosts.map((each) => [`media-${each}`, each] as const),
    ])
      new cloudflare.DnsRecord(
        `${name}-${role}`,
        {
          zoneId,
          name: host as string,
          type: "CNAME",
          content: args.tunnelHostname,
          proxied: true,
          ttl: 1, // "Automatic", the only value that a proxied record may have.
          comment: `Mastodon: ${role}`,
        },
        // The provider makes the successor first, and Cloudflare refuses a second record of the same name.
        { parent: this, deleteBeforeReplace: true },
      );
    new cloudflare.Ruleset(
      `${name}-cache`,
      {
        zoneId,
        kind: "zone",
        name: "Mastodon: cache",
        phase: "http_request_cache_settings",
        rules: [
          {
            // Without a ref each reordering gives every rule a new id.
            ref: "hashed_assets",
            description: "Files with a hash in their name never change",
            expression: hashedFiles(args.hosts.assets),
            action: "set_cache_settings",
            actionParameters: {
              cache: true,
              // The origin says a year for what is there and nothing to keep for what is missing; an override would keep misses too.
              edgeTtl: { mode: "respect_origin" },
              browserTtl: { mode: "respect_origin" },
            },
            enabled: true,
          },
        ],
      },
      // One ruleset per phase and zone: the successor can't exist beside it.
      { parent: this, deleteBeforeReplace: true },
    );
    this.registerOutputs({});
  }
}
