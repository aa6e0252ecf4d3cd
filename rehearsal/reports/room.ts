import { budgetsOf } from "../../domain/capacity/all.ts";
import type { Budget } from "../../domain/capacity/budget.ts";
import { mostOf, workloadsOf } from "../../domain/capacity/pods.ts";
import { BUDGET_OF, PLAN_LIMITS, type RulePhase } from "../../facts/cloudflare/plans.ts";
import type { StackConfig } from "../../config/schema.ts";
import { fullnessOf, type Meter } from "../../pages/meters.ts";
import { MAX_PODS } from "../kubernetes/droplet-sizes.ts";
import type { Plan } from "../../plan/plan-stack.ts";
import { PlanView } from "./plan-view.ts";

/** All budgets, by place. */
export interface Room {
  readonly databases: readonly Meter[];
  readonly nodes: readonly Meter[];
  readonly edge: readonly Meter[];
}

/** Every budget of a configuration, with the use of Cloudflare's limits by its plan. */
export function roomOf(config: StackConfig, plan: Plan): Room {
  const budgets = budgetsOf(config);
  const isOfNodes = ({ code }: Budget): boolean => code === "node-memory" || code === "node-cpu";
  return {
    databases: budgets.filter((budget) => !isOfNodes(budget)).map(meterOf),
    nodes: [...budgets.filter(isOfNodes).map(meterOf), podsMeter(config)],
    edge: rulesMeters(config, plan),
  };
}

/** Budgets that grow with members and are nearly full, the fullest first. Rules don't grow. */
export function nearlyFull({ databases, nodes }: Room): readonly Meter[] {
  return [...databases, ...nodes]
    .filter((meter) => fullnessOf(meter) !== "room")
    .sort((one, other) => other.used / other.limit - one.used / one.limit);
}

function meterOf({ what, needed, available, unit, fragmented, source, lines }: Budget): Meter {
  return {
    what,
    used: needed,
    limit: available,
    unit,
    source: `${source} ${available.toLocaleString("en-US")}${unit}.`,
    parts: lines,
    ...(fragmented === true ? { over: true } : {}),
  };
}

/** Number of pods in the worst case, against the kubelets' limit. */
function podsMeter(config: StackConfig): Meter {
  const { basePool, workloadPool } = config.cluster;
  const nodes = basePool.nodes + (workloadPool.maxNodes ?? workloadPool.nodes);
  const parts = workloadsOf(config).map((workload) => ({
    who: workload.name,
    amount: mostOf(workload),
  }));
  return {
    what: "Pods on the nodes during a rollout at the ceiling",
    used: parts.reduce((sum, { amount }) => sum + amount, 0),
    limit: nodes * MAX_PODS,
    unit: " pods",
    source: `A kubelet takes ${MAX_PODS} pods, and there are ${nodes} nodes then. Kubernetes' own come on top.`,
    parts,
  };
}

/** Rules in the zone, by the groups for which the plan has limits. */
function rulesMeters({ cloudflare }: StackConfig, plan: Plan): readonly Meter[] {
  const { rules: limits } = PLAN_LIMITS[cloudflare.plan];
  const rulesets = new PlanView(plan).of("Ruleset").map(({ name, inputs }) => ({
    name,
    budget: BUDGET_OF[inputs["phase"] as RulePhase],
    rules: (inputs["rules"] as readonly unknown[] | undefined)?.length ?? 0,
  }));
  return [...new Set(rulesets.map(({ budget }) => budget))].map((budget): Meter => {
    const own = rulesets.filter((ruleset) => ruleset.budget === budget);
    return {
      what: `Cloudflare's ${budget} rules`,
      used: own.reduce((sum, { rules }) => sum + rules, 0),
      limit: limits[budget],
      unit: " rules",
      source: `The plan ${cloudflare.plan} has ${limits[budget]} in a zone; yours may have others already.`,
      parts: own.map(({ name, rules }) => ({ who: name, amount: rules })),
    };
  });
}
