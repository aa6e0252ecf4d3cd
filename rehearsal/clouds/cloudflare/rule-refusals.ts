import {
  BUDGET_OF,
  EXPRESSION_CHARACTERS,
  PLAN_LIMITS,
  RULE_PHASES,
  type CloudflarePlan,
  type RulePhase,
} from "../../../facts/cloudflare/plans.ts";
import type { Properties } from "../../providers/provider.ts";
import { read } from "../properties.ts";
import type { World } from "../world.ts";
import { refusal } from "./api.ts";
import { planOf } from "./plan.ts";
import { requestHeaderRefusals } from "./request-headers.ts";

/** The type of a ruleset. It is here, because both files of rulesets need it. */
export const RULESET = "cloudflare:index/ruleset:Ruleset";

/** The actions of each phase (https://developers.cloudflare.com/ruleset-engine/rules-language/actions/). */
const ACTIONS: Readonly<Record<RulePhase, readonly string[]>> = {
  http_request_dynamic_redirect: ["redirect"],
  http_request_transform: ["rewrite"],
  http_config_settings: ["set_config"],
  http_request_firewall_custom: ["block", "challenge", "js_challenge", "managed_challenge", "skip"],
  http_ratelimit: ["block", "challenge", "js_challenge", "managed_challenge"],
  http_request_late_transform: ["rewrite"],
  http_request_cache_settings: ["set_cache_settings"],
  http_custom_errors: ["serve_error"],
  http_response_headers_transform: ["rewrite"],
};

/**
 * Refuses a list of rules as Cloudflare's API does. The provider does not check these, so a preview
 * shows no fault. Most of the exact messages are not published; those with a source are quoted.
 */
export function refuseRules(world: World, inputs: Properties, own: string | undefined): void {
  const zone = read.text(inputs, "zoneId");
  const phase = read.text(inputs, "phase") as RulePhase;
  const plan = planOf(world, zone);
  const rules = read.list(inputs, "rules");
  const path = `/zones/${zone}/rulesets${own === undefined ? "" : `/${own}`}`;
  const refuse = (message: string): never => {
    throw refusal(own === undefined ? "POST" : "PUT", path, 400, 20_120, message);
  };
  for (const [at, rule] of rules.entries()) {
    const action = read.text(rule, "action");
    if (!ACTIONS[phase].includes(action))
      refuse(`rules[${at}].action: '${action}' is not a valid value for phase ${phase}`);
    const { length } = read.text(rule, "expression");
    if (length > EXPRESSION_CHARACTERS)
      refuse(
        `rules[${at}].expression: ${length} characters; the limit is ${EXPRESSION_CHARACTERS}`,
      );
    for (const words of [
      ttlRefusal(rule, plan),
      rateLimitRefusal(rule, phase, plan),
      ...(phase === "http_request_late_transform" ? requestHeaderRefusals(rule) : []),
    ])
      if (words !== undefined) refuse(words);
  }
  const refs = rules.flatMap((rule) => read.optionalText(rule, "ref") ?? []);
  const twice = refs.find((ref, at) => refs.indexOf(ref) !== at);
  if (twice !== undefined) refuse(`rules: the ref '${twice}' is used twice`);
  const budget = BUDGET_OF[phase];
  const elsewhere = RULE_PHASES.filter((one) => one !== phase && BUDGET_OF[one] === budget)
    .flatMap((one) =>
      world.find(RULESET, (other) => other["zoneId"] === zone && other["phase"] === one),
    )
    .reduce((sum, { properties }) => sum + read.list(properties, "rules").length, 0);
  const allowed = PLAN_LIMITS[plan].rules[budget];
  if (rules.length + elsewhere > allowed)
    refuse(
      `exceeded the maximum number of rules in the phase ${phase}: ${rules.length + elsewhere} out of ${allowed}`,
    );
}

/**
 * The plan's minimum applies only to an override, not to the origin's header
 * (cloudflare/cloudflare-docs `src/content/plans/index.json`, `edge_cache_ttl`). Assumed: a status
 * code's TTL is an override; 0 and -1 cache nothing, and are always allowed.
 */
function ttlRefusal(rule: Properties, plan: CloudflarePlan): string | undefined {
  const { edgeTtl } = (rule["actionParameters"] ?? {}) as Properties;
  if (edgeTtl === undefined) return undefined;
  const whole = read.optionalNumber(edgeTtl as Properties, "default");
  const byStatus = read.list(edgeTtl as Properties, "statusCodeTtls");
  const least = PLAN_LIMITS[plan].leastEdgeTtlSeconds;
  const seconds = [
    ...(whole === undefined ? [] : [whole]),
    ...byStatus.map((one) => read.number(one, "value")).filter((value) => value > 0),
  ].find((value) => value < least);
  return seconds === undefined
    ? undefined
    : `not entitled to use an edge TTL of ${seconds} seconds, the ${plan} plan has ${least} or more`;
}

/** Messages about periods and timeouts are those that ma-r-s/crossplay#106 reports. */
function rateLimitRefusal(
  rule: Properties,
  phase: RulePhase,
  plan: CloudflarePlan,
): string | undefined {
  const limit = rule["ratelimit"] as Properties | undefined;
  if (phase !== "http_ratelimit")
    return limit === undefined ? undefined : `ratelimit is not allowed in phase ${phase}`;
  if (limit === undefined) return "ratelimit is missing";
  const { countingPeriodsSeconds, mitigationsSeconds } = PLAN_LIMITS[plan];
  const period = read.number(limit, "period");
  const mitigation = read.optionalNumber(limit, "mitigationTimeout");
  if (!countingPeriodsSeconds.includes(period))
    return `not entitled to use the period ${period}, can only use a period among [${countingPeriodsSeconds.join(", ")}]`;
  // Assumed: the API requires it if it was never set.
  if (mitigation === undefined || !mitigationsSeconds.includes(mitigation))
    return `not entitled to use a mitigation timeout different from ${mitigationsSeconds.join(", ")}`;
  // https://developers.cloudflare.com/waf/rate-limiting-rules/parameters/#with-the-same-characteristics: "cf.colo.id" is mandatory.
  return read.texts(limit, "characteristics").includes("cf.colo.id")
    ? undefined
    : "ratelimit.characteristics: cf.colo.id is missing";
}
