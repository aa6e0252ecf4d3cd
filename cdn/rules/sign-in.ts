import { PLAN_LIMITS, type CloudflarePlan } from "../../facts/cloudflare/plans.ts";
import { all, hostIs, methodIs, pathIs, type Expression } from "../expression.ts";
import type { EdgeRule, EdgeRules } from "./rule.ts";

/**
 * Paths on which passwords are tried and accounts created (mastodon/mastodon `config/routes.rb`,
 * Devise): sign-in, second factor, password, sign-up, confirmation.
 */
export const SIGN_IN_PATHS = [
  "/auth",
  "/auth/confirmation",
  "/auth/password",
  "/auth/password/edit",
  "/auth/sign_in",
  "/auth/sign_up",
] as const;

/**
 * Paths on which apps create accounts and exchange codes for tokens. Reading `/api/v1/accounts` is
 * harmless; only the method tells them apart.
 */
const APP_PATHS = ["/api/v1/accounts", "/oauth/token"] as const;

/**
 * Number of requests after which an address is blocked. A household behind one address sends fewer;
 * a client that guesses passwords sends more.
 */
interface Allowance {
  readonly requests: number;
  readonly periodSeconds: number;
  readonly mitigationSeconds: number;
}

/**
 * Mastodon itself allows 25 in 5 minutes from one address (mastodon/mastodon
 * `config/initializers/rack_attack.rb`). These limits keep a flood from Puma.
 */
const ALLOWANCES: Readonly<Record<CloudflarePlan, Allowance>> = {
  // The only period and the only mitigation that Free has.
  free: { requests: 15, periodSeconds: 10, mitigationSeconds: 10 },
  pro: { requests: 30, periodSeconds: 60, mitigationSeconds: 600 },
  business: { requests: 20, periodSeconds: 60, mitigationSeconds: 3_600 },
};

/**
 * Uses the plan's rate limit for the paths on which clients guess passwords. Up to Pro it can't
 * match the method, so a view of the form counts, too. Free can't match the host either, so it
 * counts these paths on all hosts of the zone.
 */
export function signInRules(plan: CloudflarePlan, webHost: string): EdgeRules {
  const { rateLimitSeesMethod } = PLAN_LIMITS[plan];
  const onlyHere = (...conditions: readonly Expression[]): Expression =>
    plan === "free" ? all(...conditions) : all(hostIs(webHost), ...conditions);
  const sending = rateLimitSeesMethod ? [methodIs("POST", "PUT", "PATCH")] : [];
  return {
    http_ratelimit: [
      limit(
        "sign_in",
        "Who tries passwords or makes accounts by the dozen waits",
        onlyHere(...sending, pathIs(...SIGN_IN_PATHS)),
        ALLOWANCES[plan],
      ),
      ...(rateLimitSeesMethod
        ? [
            limit(
              "sign_in_by_app",
              "The same through the API",
              onlyHere(...sending, pathIs(...APP_PATHS)),
              ALLOWANCES[plan],
            ),
          ]
        : []),
    ],
  };
}

function limit(
  ref: string,
  description: string,
  expression: Expression,
  { requests, periodSeconds, mitigationSeconds }: Allowance,
): EdgeRule {
  return {
    ref,
    description,
    expression,
    action: "block",
    ratelimit: {
      // Cloudflare counts in each of its data centers separately, and requires the rule to specify
      // that.
      characteristics: ["cf.colo.id", "ip.src"],
      period: periodSeconds,
      requestsPerPeriod: requests,
      mitigationTimeout: mitigationSeconds,
    },
  };
}
