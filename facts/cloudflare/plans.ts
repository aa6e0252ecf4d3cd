/**
 * Limits of each of Cloudflare's plans that this program may reach. All figures are from
 * cloudflare/cloudflare-docs `src/content/plans/index.json` and, for rate limits,
 * `src/content/partials/waf/rate-limiting-availability-by-plan.mdx`.
 */

/** The plans, cheapest first. */
export const CLOUDFLARE_PLANS = ["free", "pro", "business"] as const;
export type CloudflarePlan = (typeof CLOUDFLARE_PLANS)[number];

/**
 * The phases in which this program has rules, in the order in which Cloudflare runs them
 * (cloudflare/cloudflare-docs `src/content/docs/ruleset-engine/reference/phases-list.mdx`).
 */
export const RULE_PHASES = [
  "http_request_dynamic_redirect",
  "http_request_transform",
  "http_config_settings",
  "http_request_firewall_custom",
  "http_ratelimit",
  "http_request_late_transform",
  "http_request_cache_settings",
  "http_custom_errors",
  "http_response_headers_transform",
] as const;
export type RulePhase = (typeof RULE_PHASES)[number];

/** Phases that a plan counts together: all transform rules share one budget. */
export type RuleBudget =
  "redirect" | "transform" | "configuration" | "firewall" | "rate limit" | "cache" | "custom error";

/** The budget of each phase. */
export const BUDGET_OF: Readonly<Record<RulePhase, RuleBudget>> = {
  http_request_dynamic_redirect: "redirect",
  http_request_transform: "transform",
  http_config_settings: "configuration",
  http_request_firewall_custom: "firewall",
  http_ratelimit: "rate limit",
  http_request_late_transform: "transform",
  http_request_cache_settings: "cache",
  http_custom_errors: "custom error",
  http_response_headers_transform: "transform",
};

/** Limits of a plan. */
export interface PlanLimits {
  /** Number of rules of each budget in one zone. */
  readonly rules: Readonly<Record<RuleBudget, number>>;
  /** Minimum TTL of an override for the edge, seconds. The origin's own header may be shorter. */
  readonly leastEdgeTtlSeconds: number;
  /** Maximum size of a request, MB: uploads of media. */
  readonly uploadMegabytes: number;
  /** Possible counting periods of a rate limit, seconds. */
  readonly countingPeriodsSeconds: readonly number[];
  /** Seconds for which a client that sent too many requests may be blocked. */
  readonly mitigationsSeconds: readonly number[];
  /** Whether a rate limit may match host and method; on Free it matches only the path. */
  readonly rateLimitSeesMethod: boolean;
}

/** All existing counting periods and mitigations, seconds (its footnote 3). */
const PERIODS = [
  10, 15, 20, 30, 40, 45, 60, 90, 120, 180, 240, 300, 480, 600, 900, 1_200, 1_800, 2_400, 3_600,
  65_535, 86_400,
];
const upTo = (seconds: number): readonly number[] => PERIODS.filter((period) => period <= seconds);

/** Each plan's limits. */
export const PLAN_LIMITS: Readonly<Record<CloudflarePlan, PlanLimits>> = {
  free: {
    rules: {
      redirect: 10,
      transform: 10,
      configuration: 10,
      firewall: 5,
      "rate limit": 1,
      cache: 10,
      "custom error": 0,
    },
    leastEdgeTtlSeconds: 7_200,
    uploadMegabytes: 100,
    countingPeriodsSeconds: [10],
    mitigationsSeconds: [10],
    rateLimitSeesMethod: false,
  },
  pro: {
    rules: {
      redirect: 25,
      transform: 25,
      configuration: 25,
      firewall: 20,
      "rate limit": 2,
      cache: 25,
      "custom error": 25,
    },
    leastEdgeTtlSeconds: 3_600,
    uploadMegabytes: 100,
    countingPeriodsSeconds: upTo(60),
    mitigationsSeconds: upTo(3_600),
    rateLimitSeesMethod: false,
  },
  business: {
    rules: {
      redirect: 50,
      transform: 50,
      configuration: 50,
      firewall: 100,
      "rate limit": 5,
      cache: 50,
      "custom error": 50,
    },
    leastEdgeTtlSeconds: 1,
    uploadMegabytes: 200,
    countingPeriodsSeconds: upTo(600),
    mitigationsSeconds: upTo(86_400),
    rateLimitSeesMethod: true,
  },
};

/**
 * Maximum length of a rule's expression, characters (cloudflare/cloudflare-docs
 * `ruleset-engine/rules-language/expressions`).
 */
export const EXPRESSION_CHARACTERS = 4_096;

/**
 * Mastodon's largest upload, MB (mastodon/mastodon `app/models/media_attachment.rb`,
 * `MAX_VIDEO_SIZE`). Each plan must allow it.
 */
export const MASTODON_UPLOAD_MEGABYTES = 99;
