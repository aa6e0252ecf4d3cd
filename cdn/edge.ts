import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";
import { BotFightMode } from "./bot-fight-mode.ts";
import { Dns } from "./dns.ts";
import type { PlannedRecord } from "./records.ts";
import type { EdgeRules } from "./rules/rule.ts";
import { Rulesets } from "./rulesets.ts";
import { TieredCaching } from "./tiered-caching.ts";
import { ZoneSettings } from "./zone-settings.ts";

/** Arguments of the edge. */
export interface EdgeArgs {
  readonly cloudflare: StackConfig["cloudflare"];
  readonly records: readonly PlannedRecord[];
  readonly rules: EdgeRules;
  /** `<tunnel id>.cfargotunnel.com` */
  readonly tunnelHostname: pulumi.Input<string>;
}

/**
 * Public side of the server: settings, cache and rules of the zone, and the records that lead to
 * them.
 */
export class Edge extends pulumi.ComponentResource {
  constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:cdn:Edge", name, {}, opts);
    const { zoneId, sharedZone, plan } = args.cloudflare;
    // Only if the zone has no other site: these settings apply to the whole zone.
    const settings = sharedZone
      ? []
      : [new ZoneSettings(`${name}-settings`, { zoneId }, { parent: this })];
    // Only on Free and only if the zone has no other site.
    if (plan === "free" && !sharedZone) new BotFightMode(name, { zoneId }, { parent: this });
    const caching = new TieredCaching(name, { zoneId }, { parent: this });
    const rulesets = new Rulesets(name, { zoneId, rules: args.rules }, { parent: this });
    new Dns(
      name,
      { zoneId, records: args.records, tunnelHostname: args.tunnelHostname },
      // The records come last, so that no request reaches the zone before its rules exist.
      { parent: this, dependsOn: [...settings, caching, rulesets] },
    );
    this.registerOutputs({});
  }
}
