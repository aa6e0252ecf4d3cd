/** Budgets: a resource (connections, memory, CPU), its limit, and what uses it. */

/**
 * Budgets by name. Those of the nodes come from scheduling the same pods, so a remedy for one must
 * exceed neither.
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

/** A limited resource and its consumers. */
export interface Budget {
  readonly code: BudgetCode;
  /** The key that raises it, without its namespace. */
  readonly key: string;
  /** Such as "Database connections through the pool". */
  readonly what: string;
  /** The situation that it is of, as in `what`; unset: it is the same in each. */
  readonly when?: string;
  /**
   * The consumers with their amounts, a line each; adds up to `needed` unless the budget says
   * otherwise.
   */
  readonly lines: readonly { readonly who: string; readonly amount: number }[];
  readonly needed: number;
  readonly available: number;
  /** Source of the available amount: "mastodon:postgres.poolConnections gives". */
  readonly source: string;
  /** Unit after each number; empty if `what` contains it. */
  readonly unit: "" | " GiB" | " MiB" | "m of CPU";
  /** The sum is sufficient, but no single node has room: a pod can't be divided. */
  readonly fragmented?: true;
}

/** A budget whose lines add up. */
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

/** Whether the need exceeds the limit. */
export function isOver({ needed, available, fragmented }: Budget): boolean {
  return needed > available || fragmented === true;
}
