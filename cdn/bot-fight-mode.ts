import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";

export interface BotFightModeArgs {
  readonly zoneId: string;
}

/**
 * Bot Fight Mode, switched off. It treats other servers as bots, so federation stops without an
 * entry in the server's logs. On Free no rule can skip it (cloudflare/cloudflare-docs
 * `src/content/docs/waf/custom-rules/skip/options.mdx`). Paid plans have a different product, which
 * a rule skips.
 */
export class BotFightMode extends pulumi.ComponentResource {
  constructor(name: string, { zoneId }: BotFightModeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:cdn:BotFightMode", name, {}, opts);
    new cloudflare.BotManagement(`${name}-bots`, { zoneId, fightMode: false }, { parent: this });
    this.registerOutputs({});
  }
}
