/** A sum that must stay within something paid for: connections, memory, processors. */

/**
 * The budgets by name. Those of the nodes come from placing the same pods: what fixes one must
 * leave neither short.
 */
export type BudgetCode =
  | "pool-connections"
  | "database-connections"
  | "replica-connections"
  | "valkey-connections"
  | "valkey-memory"
  | "cache-memory"
  | "database-disk"
  | "node-memory"
  | "node-cpu";

/** Something that there is so much of, and what needs it. */
export interface Budget {
  readonly code: BudgetCode;
  /** The key that gives more of it, without its namespace. */
  readonly key: string;
  /** "Database connections through the pool". */
  readonly what: string;
  /**
   * The consumers with their amounts, a line each; adds up to `needed` unless the budget says
   * otherwise.
   */
  readonly lines: readonly { readonly who: string; readonly amount: number }[];
  readonly needed: number;
  readonly available: number;
  /** Source of the available amount: "mastodon:postgres.poolConnections gives". */
  readonly source: string;
  /** Said after each number; empty where `what` says it. */
  readonly unit: "" | " GiB" | " MiB" | "m of CPU";
  /** There is enough in all, but not in one place: a pod can't be cut in two. */
  readonly fragmented?: true;
}

/** A budget of lines that add up. */
export function budgetOf(
  { code, key, what }: Pick<Budget, "code" | "key" | "what">,
  lines: Budget["lines"],
  available: number,
  source: string,
  unit: Budget["unit"] = "",
): Budget {
  return {
    code,
    key,
    what,
    lines,
    needed: lines.reduce((sum, { amount }) => sum + amount, 0),
    available,
    source,
    unit,
  };
}

/** Whether more is needed than there is. */
export function isOver({ needed, available, fragmented }: Budget): boolean {
  return needed > available || fragmented === true;
}
