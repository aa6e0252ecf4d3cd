import { isOver, type Budget, type BudgetCode } from "./budget.ts";
import { connectionBudgets } from "./connections.ts";
import { diskBudgets } from "./growth.ts";
import { knobsOf, type Turn } from "./knobs.ts";
import { nodeBudgets } from "./nodes.ts";
import { profileCure } from "./profile-cure.ts";
import { valkeyBudgets } from "./valkey.ts";
import { costOf, inDollars } from "../cost.ts";
import type { StackConfig } from "../../config/schema.ts";
import { curesText, Refusal, type Cure as TypedCure } from "../fault.ts";

/**
 * Checks that the workloads fit what is paid for: at minimum scale, at maximum scale and during a
 * rollout. Used by `input/parse.ts`.
 */

/** Number of remedies that an error message suggests. */
const CURES = 2;

/** Number of changes that are combined if no single one fixes everything. */
const TOGETHER = 4;

/** Every budget, including those that are not exceeded. */
export function budgetsOf(config: StackConfig): readonly Budget[] {
  return [
    ...connectionBudgets(config),
    ...valkeyBudgets(config),
    ...nodeBudgets(config),
    ...diskBudgets(config),
  ];
}

/** Budgets that a configuration exceeds, the worst first. Empty if everything fits. */
export function shortBudgets(config: StackConfig): readonly Budget[] {
  return budgetsOf(config)
    .filter(isOver)
    .sort((one, other) => other.needed / other.available - one.needed / one.available);
}

/** Inputs that a refusal needs, in addition to the configuration, to suggest a profile. */
export interface CapacityContext {
  /** The configuration as it is in the stack file. */
  readonly written: Readonly<Record<string, unknown>>;
  /** Parses a stack file's configuration; `undefined` if it is refused. */
  readonly accept: (written: Readonly<Record<string, unknown>>) => StackConfig | undefined;
}

/**
 * The refusal of a configuration that exceeds its resources; `undefined` if everything fits. It
 * shows the worst budget with its sum, the others in a line each. After each suggested remedy
 * nothing is exceeded.
 */
export function capacityRefusal(
  config: StackConfig,
  context: CapacityContext,
): Refusal | undefined {
  const short = shortBudgets(config);
  if (short.length === 0) return undefined;
  const { lines, cures } = waysOut(config, short, context);
  return new Refusal(
    "The stack needs more than it pays for; nothing was changed",
    short.map((budget, at) => ({
      code: budget.code,
      key: budget.key,
      message:
        at === 0 ? [`${sentenceOf(budget)}:`, ...sumOf(budget)].join("\n") : sentenceOf(budget),
      cures,
    })),
    lines,
  );
}

function sentenceOf({ what, needed, available, source, unit, fragmented }: Budget): string {
  return fragmented === true
    ? `${what}: ${needed}${unit} are needed and ${source} ${available}${unit}, but in pieces too small for the last pod`
    : `${what}: ${needed}${unit} are needed, and ${source} ${available}${unit}`;
}

function sumOf({ lines, unit }: Budget): readonly string[] {
  return lines.map(({ who, amount }) => `  ${who} = ${amount}${unit}`);
}

/** One setting if one fixes everything, else the cheapest ones together, else a profile. */
function waysOut(
  config: StackConfig,
  short: readonly Budget[],
  context: CapacityContext,
): { readonly lines: readonly string[]; readonly cures: readonly TypedCure[] } {
  const single = curesOf(short[0]!, config, "all");
  const several = single.length > 0 ? single : together(config);
  const cures = several.map(({ cure, dollars, slower }) => ({
    ...cure,
    note: [priceOf(dollars), ...(slower === true ? ["slower under load"] : [])].join(", "),
  }));
  const texts = cures.map((cure) => `  ${curesText([cure], { root: config })}`);
  if (cures.length > 1)
    return { lines: ["Either of these fixes it, cheapest first:", ...texts], cures };
  if (cures.length === 1) return { lines: ["This fixes it:", ...texts], cures };
  const before = costOf(config).dollarsAtCeiling;
  const profile = profileCure(
    context,
    (other) =>
      shortBudgets(other).length === 0 &&
      other.members >= config.members &&
      costOf(other).dollarsAtCeiling > before,
  );
  if (profile === undefined)
    return {
      lines: [
        "No setting and no larger profile fixes this. Reduce what you need least in the sum.",
      ],
      cures: [],
    };
  const dollars = costOf(profile.config).dollarsAtCeiling - before;
  const cure = { ...profile.cure, note: priceOf(dollars) };
  return {
    lines: [
      "No single setting fixes this. A larger profile does:",
      `  ${curesText([cure], { root: config })}`,
    ],
    cures: [cure],
  };
}

/** A change that fixes an exceeded budget. */
export interface Cure extends Turn {
  /** Additional dollars a month, with the pool at its maximum. */
  readonly dollars: number;
}

/**
 * The two cheapest settings that fix a budget without exceeding another. At equal cost, the one
 * that members notice least.
 * @param scope "all": only those after which nothing at all is exceeded. Default: "one".
 */
export function curesOf(
  budget: Budget,
  config: StackConfig,
  scope: "one" | "all" = "one",
): readonly Cure[] {
  const short = new Set(shortBudgets(config).map(({ code }) => code));
  const dollars = costOf(config).dollarsAtCeiling;
  const may: ReadonlySet<BudgetCode> = scope === "all" ? new Set() : short;
  return knobsOf(config)
    .flatMap((knob) => firstCure(knob, budget, may) ?? [])
    .map((turn) => ({ ...turn, dollars: costOf(turn.config).dollarsAtCeiling - dollars }))
    .sort((one, other) => one.dollars - other.dollars)
    .slice(0, CURES);
}

/**
 * The smallest change of a setting that fixes this budget, without exceeding others that may not be
 * exceeded.
 */
function firstCure(
  knob: readonly Turn[],
  budget: Budget,
  may: ReadonlySet<BudgetCode>,
): Turn | undefined {
  return knob.find(({ config }) =>
    shortBudgets(config).every(
      ({ code }) =>
        may.has(code) && code !== budget.code && !(isOfNodes(budget.code) && isOfNodes(code)),
    ),
  );
}

/**
 * The cheapest change for the worst budget, then for the remaining ones, as one change. Empty if
 * one of them has none.
 */
function together(config: StackConfig): readonly Cure[] {
  let at = config;
  const turns: Cure[] = [];
  while (shortBudgets(at).length > 0) {
    const [cheapest] = curesOf(shortBudgets(at)[0]!, at);
    if (cheapest === undefined || turns.length === TOGETHER) return [];
    turns.push(cheapest);
    at = cheapest.config;
  }
  const set = Object.assign({}, ...turns.map(({ cure }) => cure.set)) as Record<string, unknown>;
  return [
    {
      cure: { set, remove: turns.flatMap(({ cure }) => cure.remove ?? []) },
      config: at,
      dollars: turns.reduce((sum, { dollars }) => sum + dollars, 0),
      ...(turns.some(({ slower }) => slower) ? { slower: true } : {}),
    },
  ];
}

function isOfNodes(code: BudgetCode): boolean {
  return code === "node-memory" || code === "node-cpu";
}

function priceOf(dollars: number): string {
  if (Math.abs(dollars) < 0.005) return "costs nothing";
  return `${inDollars(Math.abs(dollars))} a month ${dollars > 0 ? "more" : "less"}`;
}
