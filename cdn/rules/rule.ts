import type * as cloudflare from "@pulumi/cloudflare";
import {
  BUDGET_OF,
  EXPRESSION_CHARACTERS,
  PLAN_LIMITS,
  RULE_PHASES,
  type CloudflarePlan,
  type RuleBudget,
  type RulePhase,
} from "../../facts/cloudflare/plans.ts";
import type { Expression } from "../expression.ts";

/**
 * A rule at the edge, and the functions that merge rules of several subjects into one list for each
 * phase.
 */

type Plain<T> = T extends { readonly then: unknown } ? never : T;

/** One rule. All of it is known before the first resource. */
export interface EdgeRule {
  /** Stays the same when the list changes. Without it a reordering gives every rule a new id. */
  readonly ref: string;
  /** Text for the operator who reads the dashboard. */
  readonly description: string;
  readonly expression: Expression;
  readonly action:
    "block" | "redirect" | "rewrite" | "serve_error" | "set_cache_settings" | "set_config" | "skip";
  readonly actionParameters?: Plain<cloudflare.types.input.RulesetRuleActionParameters>;
  readonly ratelimit?: Plain<cloudflare.types.input.RulesetRuleRatelimit>;
  readonly logging?: { readonly enabled: boolean };
}

/** Rules by phase. Their order in a phase matters. */
export type EdgeRules = Readonly<Partial<Record<RulePhase, readonly EdgeRule[]>>>;

/** Merges rules of several subjects into one list for each phase, in the order of the subjects. */
export function merged(subjects: readonly EdgeRules[]): EdgeRules {
  return Object.fromEntries(
    RULE_PHASES.map(
      (phase) => [phase, subjects.flatMap((rules) => rules[phase] ?? [])] as const,
    ).filter(([, rules]) => rules.length > 0),
  );
}

/** Returns a sentence for each thing that the plan would refuse in the middle of an update. */
export function planFaults(rules: EdgeRules, plan: CloudflarePlan): readonly string[] {
  const limits = PLAN_LIMITS[plan].rules;
  const counts = new Map<RuleBudget, number>();
  for (const phase of RULE_PHASES) {
    const budget = BUDGET_OF[phase];
    counts.set(budget, (counts.get(budget) ?? 0) + (rules[phase]?.length ?? 0));
  }
  return [
    ...[...counts]
      .filter(([budget, count]) => count > limits[budget])
      .map(
        ([budget, count]) =>
          `mastodon:cloudflare.plan is "${plan}", which has ${limits[budget]} ${budget} rules in a zone, and ${count} are needed. Take out what asks for them, or take a larger plan`,
      ),
    ...Object.values(rules)
      .flat()
      .filter(({ expression }) => expression.length > EXPRESSION_CHARACTERS)
      .map(
        ({ ref, expression }) =>
          `the rule "${ref}" at the edge would have ${expression.length} characters, and Cloudflare takes ${EXPRESSION_CHARACTERS}. Shorten the list that it is made of`,
      ),
  ];
}
