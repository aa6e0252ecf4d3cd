import { backendConnections } from "../../domain/capacity/connections.ts";
import {
  BUDGET_OF,
  EXPRESSION_CHARACTERS,
  PLAN_LIMITS,
  type CloudflarePlan,
  type RulePhase,
} from "../../facts/cloudflare/plans.ts";
import { POSTGRES_MEMORY_GIB, type PostgresSize } from "../../facts/digitalocean/database-plans.ts";
import type { ResourceView } from "../views.ts";
import type { StackFault, StackRule } from "./rule.ts";

const RULESET = "cloudflare:index/ruleset:Ruleset";
const BOTS = "cloudflare:index/botManagement:BotManagement";
const CLUSTER = "digitalocean:index/databaseCluster:DatabaseCluster";
const POOL = "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool";

interface Ruleset {
  readonly phase?: RulePhase;
  readonly rules?: readonly { readonly expression?: string }[];
}

/**
 * The zone's plan as far as the resources show it: only Free has Bot Fight Mode
 * (`cdn/bot-fight-mode.ts`). The program itself knows the plan and refuses first
 * (`cdn/rules/rule.ts`).
 */
function planOf(resources: readonly ResourceView[]): CloudflarePlan {
  return resources.some(({ type }) => type === BOTS) ? "free" : "business";
}

function ruleFaults(resources: readonly ResourceView[]): readonly StackFault[] {
  const plan = planOf(resources);
  const rulesets = resources
    .filter(({ type }) => type === RULESET)
    .flatMap(({ urn, props }) => {
      const { phase, rules = [] } = props as Ruleset;
      return phase === undefined ? [] : [{ urn, rules, budget: BUDGET_OF[phase] }];
    });
  const budgets = [...new Set(rulesets.map(({ budget }) => budget))];
  return [
    ...budgets.flatMap((budget) => {
      const count = rulesets
        .filter((each) => each.budget === budget)
        .reduce((sum, { rules }) => sum + rules.length, 0);
      const limit = PLAN_LIMITS[plan].rules[budget];
      return count <= limit
        ? []
        : [
            {
              message: `there are ${count} ${budget} rules, and Cloudflare's ${plan} plan has ${limit}`,
            },
          ];
    }),
    ...rulesets.flatMap(({ urn, rules }) =>
      rules.flatMap(({ expression = "" }, at) =>
        expression.length <= EXPRESSION_CHARACTERS
          ? []
          : [
              {
                urn,
                message: `rule ${at} has ${expression.length} characters, and Cloudflare takes ${EXPRESSION_CHARACTERS}`,
              },
            ],
      ),
    ),
  ];
}

function poolFaults(resources: readonly ResourceView[]): readonly StackFault[] {
  return resources
    .filter(({ type }) => type === CLUSTER)
    .flatMap(({ urn, props }) => {
      const plan = props["size"] as string;
      if (!(plan in POSTGRES_MEMORY_GIB) || props["engine"] !== "pg") return [];
      const limit = backendConnections(plan as PostgresSize);
      const used = resources
        .filter(
          ({ type, dependencies }) => type === POOL && dependencies["clusterId"]?.includes(urn),
        )
        .reduce((sum, pool) => sum + Number(pool.props["size"]), 0);
      return used <= limit
        ? []
        : [{ urn, message: `its pools have ${used} connections, and its plan gives ${limit}` }];
    });
}

/** Limits of Cloudflare's plan and of the database's. */
export const limits: StackRule = {
  name: "limits-of-plans",
  level: "mandatory",
  says: "Cloudflare's plan has as many rules as the stack asks for, no expression is too long, and the connection pools fit the database's plan: the clouds refuse more in the middle of an update.",
  check: (resources) => [...ruleFaults(resources), ...poolFaults(resources)],
};
