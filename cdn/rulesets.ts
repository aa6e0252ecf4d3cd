import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import { RULE_PHASES, type RulePhase } from "../facts/cloudflare/plans.ts";
import type { EdgeRules } from "./rules/rule.ts";

/** Arguments of the rulesets. */
export interface RulesetsArgs {
  readonly zoneId: string;
  readonly rules: EdgeRules;
}

/**
 * Names of the rulesets, in Pulumi and in the dashboard. Never change one: a new name replaces the
 * ruleset, and for a second the zone has no rules.
 */
const NAMES: Readonly<Record<RulePhase, string>> = {
  http_request_dynamic_redirect: "redirects",
  http_request_transform: "rewrites",
  http_config_settings: "configuration",
  http_request_firewall_custom: "firewall",
  http_ratelimit: "rate-limits",
  http_request_late_transform: "request-headers",
  http_request_cache_settings: "cache",
  http_custom_errors: "errors",
  http_response_headers_transform: "headers",
};

/**
 * The zone's rules: one ruleset for each phase, because Cloudflare allows only one. A phase without
 * rules has none.
 */
export class Rulesets extends pulumi.ComponentResource {
  constructor(
    name: string,
    { zoneId, rules }: RulesetsArgs,
    opts?: pulumi.ComponentResourceOptions,
  ) {
    super("mastodon:cdn:Rulesets", name, {}, opts);
    for (const phase of RULE_PHASES) {
      const list = rules[phase];
      if (list === undefined) continue;
      new cloudflare.Ruleset(
        `${name}-${NAMES[phase]}`,
        {
          zoneId,
          kind: "zone",
          name: `Mastodon: ${NAMES[phase]}`,
          phase,
          rules: list.map((rule) => ({ ...rule, enabled: true })),
        },
        // One ruleset per phase and zone: the replacement can't exist at the same time.
        { parent: this, deleteBeforeReplace: true },
      );
    }
    this.registerOutputs({});
  }
}
