import { isOver, type Budget } from "./capacity/budget.ts";
import { connectionBudgets } from "./capacity/connections.ts";
import { diskBudgets } from "./capacity/growth.ts";
import { knobsOf, type Turn } from "./capacity/knobs.ts";
import { nodeBudgets } from "./capacity/nodes.ts";
import { valkeyBudgets } from "./capacity/valkey.ts";
import { costOf, inDollars } from "./cost.ts";
import type { StackConfig } from "./schema.ts";
import type { Fault } from "./words/fault.ts";

/** Whether what runs fits into what is paid for: at rest, at its ceiling, and while a new version takes over. Pure. */

/** How many ways out a refusal names. */
const CURES = 2;

/** Every budget, also those that hold. */
export function budgetsOf(config: StackConfig): readonly Budget[] {
  return [
    ...connectionBudgets(config),
    ...valkeyBudgets(config),
    ...nodeBudgets(config),
    ...diskBudgets(config),
  ];
}

/**
 * What is short, each with its sum written out and the cheapest settings that mend it; none when all fits.
 * @returns one fault each; its message has several lines.
 */
export function capacityFaults(config: StackConfig): readonly Fault[] {
  return budgetsOf(config)
    .filter(isOver)
    .map((budget) => ({
      code: "capacity",
      key: "",
      message: [sentenceOf(budget), ...sumOf(budget), ...waysOut(budget, config)].join("\n"),
      cures: [],
    }));
}

function sentenceOf({ what, needed, available, source, unit, fragmented }: Budget): string {
  return fragmented === true
    ? `${what}: ${needed}${unit} are needed and ${source} ${available}${unit}, but in pieces that the last pod fits into none of:`
    : `${what}: ${needed}${unit} are needed, and ${source} ${available}${unit}:`;
}

function sumOf({ lines, unit }: Budget): readonly string[] {
  return lines.map(({ who, amount }) => `  ${who} = ${amount}${unit}`);
}

function waysOut(budget: Budget, config: StackConfig): readonly string[] {
  const cures = curesOf(budget, config);
  if (cures.length === 0)
    return [
      "No single setting mends it. Begin with a larger mastodon:profile and take back what is too much.",
    ];
  return [
    cures.length === 1 ? "One setting mends it:" : "Cheapest first, either of these mends it:",
    ...cures.map(({ write, dollars }) => `  ${write} (${priceOf(dollars)})`),
  ];
}

/** A setting that mends what is short. */
export interface Cure extends Turn {
  /** Dollars more a month; with the pool at its ceiling, which is what a ceiling costs. */
  readonly dollars: number;
}

/** The two cheapest settings that mend a budget and break no other; at equal cost, what members notice least. */
export function curesOf(budget: Budget, config: StackConfig): readonly Cure[] {
  const short = new Set(
    budgetsOf(config)
      .filter(isOver)
      .map(({ what }) => what),
  );
  const dollars = costOf(config).dollarsAtCeiling;
  return knobsOf(config)
    .flatMap((knob) => firstCure(knob, budget, { short, dollars }) ?? [])
    .sort((one, other) => one.dollars - other.dollars)
    .slice(0, CURES);
}

/** The smallest turn of a knob after which this is no longer short, and nothing is that was not before. */
function firstCure(
  knob: readonly Turn[],
  budget: Budget,
  before: { readonly short: ReadonlySet<string>; readonly dollars: number },
): Cure | undefined {
  const found = knob.find(({ config }) => {
    const still = budgetsOf(config).filter(isOver);
    return (
      still.every(({ what }) => before.short.has(what) && what !== budget.what) &&
      !(isOfNodes(budget) && still.some(isOfNodes))
    );
  });
  if (found === undefined) return undefined;
  return { ...found, dollars: costOf(found.config).dollarsAtCeiling - before.dollars };
}

/** The nodes' budgets change their names with the moment that fails first: what mends one must leave none. */
function isOfNodes({ what }: Budget): boolean {
  return what.includes("of the nodes");
}

function priceOf(dollars: number): string {
  if (Math.abs(dollars) < 0.005) return "costs nothing";
  return `${inDollars(Math.abs(dollars))} a month ${dollars > 0 ? "more" : "less"}`;
}
