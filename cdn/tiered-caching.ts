import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";

export interface TieredCachingArgs {
  readonly zoneId: string;
}

/**
 * Cloudflare's data centres ask one near the origin instead of the origin, so that a new release's
 * files leave the cluster about once and not once for each of hundreds. Free on every plan; of the
 * whole zone.
 */
export class TieredCaching extends pulumi.ComponentResource {
  constructor(name: string, { zoneId }: TieredCachingArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:cdn:TieredCaching", name, {}, opts);
    const tiers = new cloudflare.ArgoTieredCaching(
      `${name}-tiers`,
      { zoneId, value: "on" },
      { parent: this },
    );
    // Which data centre that is, Cloudflare finds out. Without the tiers there is none to choose,
    // and no output of theirs says that they are there.
    new cloudflare.TieredCache(
      `${name}-smart`,
      { zoneId, value: "on" },
      { parent: this, dependsOn: [tiers] },
    );
    this.registerOutputs({});
  }
}
