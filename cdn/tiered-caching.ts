import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";

export interface TieredCachingArgs {
  readonly zoneId: string;
}

/**
 * Cloudflare's data centers request from one near the origin instead of the origin. A new release's
 * files then leave the cluster about once, not once for each of hundreds. Free on every plan;
 * applies to the whole zone.
 */
export class TieredCaching extends pulumi.ComponentResource {
  constructor(name: string, { zoneId }: TieredCachingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:cdn:TieredCaching", name, {}, opts);
    const tiers = new cloudflare.ArgoTieredCaching(
      `${name}-tiers`,
      { zoneId, value: "on" },
      { parent: this },
    );
    // Cloudflare chooses the upper-tier data center. It can choose only after tiered caching is on,
    // and no output says that, hence the explicit dependency.
    new cloudflare.TieredCache(
      `${name}-smart`,
      { zoneId, value: "on" },
      { parent: this, dependsOn: [tiers] },
    );
    this.registerOutputs({});
  }
}
