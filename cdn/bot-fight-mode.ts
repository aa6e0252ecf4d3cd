import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";

export interface BotFightModeArgs {
  readonly zoneId: string;
}

/**
 * Bot Fight Mode, off. On Free no rule can skip it, and it takes other servers for the bots that
 * they are: federation stops without a word in any log of ours (cloudflare/cloudflare-docs
 * `src/content/docs/waf/custom-rules/skip/options.mdx`). Paid plans have another thing, which a
 * rule skips.
 */
export class BotFightMode extends pulumi.ComponentResource {
  constructor(name: string, { zoneId }: BotFightModeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:cdn:BotFightMode", name, {}, opts);
    new cloudflare.BotManagement(`${name}-bots`, { zoneId, fightMode: false }, { parent: this });
    this.registerOutputs({});
  }
}
