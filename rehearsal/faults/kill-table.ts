import { checkOf, type Check } from "../checks/check.ts";
import type { ResultTable } from "../result.ts";
import type { KillCell } from "./kills.ts";

/** The table of the kills. Pure. */

/** All kills of one kind. */
export interface KillRow {
  readonly type: string;
  readonly operation: string;
  readonly when: string;
  /** Calls that were cut off. */
  readonly calls: number;
  /** Calls after which recovery and the same command again did not do it. */
  readonly failed: number;
  /** Things that the operator is told to delete. */
  readonly leftOver: number;
  readonly faults: readonly string[];
}

/** A row for each type, operation and side of the effect. */
export function killRows(cells: readonly KillCell[]): readonly KillRow[] {
  const all = cells.flatMap((cell) => cell.calls.map((call) => ({ call, cell })));
  const groups = Map.groupBy(
    all,
    ({ call }) => `${call.ref.type} ${call.kind} ${call.when === "before" ? 0 : 1}`,
  );
  return [...groups.entries()]
    .toSorted(([one], [other]) => one.localeCompare(other))
    .map(([, own]) => {
      const { call } = own[0]!;
      const bad = own.filter(({ cell }) => cell.faults.length > 0);
      return {
        type: call.ref.type,
        operation: call.kind,
        when: call.when,
        calls: own.length,
        failed: bad.length,
        leftOver: own.filter(({ cell }) => cell.left.some(({ type }) => type === call.ref.type))
          .length,
        faults: [...new Set(bad.map(({ cell }) => cell))].flatMap(({ act, at, faults }) =>
          faults.map((fault) => `${act}, wave ${at}: ${fault}`),
        ),
      };
    });
}

/** A check for each type. */
export function killChecks(rows: readonly KillRow[]): readonly Check[] {
  return [...Map.groupBy(rows, ({ type }) => type)].map(([type, own]) =>
    checkOf(
      `killed at ${type}: recover, then the next update converges`,
      own.flatMap(({ faults }) => faults),
      [
        own.map(({ operation, when, calls }) => `${when} its ${operation} × ${calls}`).join(", "),
        ...(own.some(({ leftOver }) => leftOver > 0) ? ["what is left over is named"] : []),
      ].join("; "),
    ),
  );
}

const SIDES = ["create before", "create after", "delete before", "delete after"];

/**
 * A check that no type of the plan is missing at its create or its delete.
 * @param exempt types that no update and no destroy deletes.
 */
export function coverageCheck(
  rows: readonly KillRow[],
  types: readonly string[],
  exempt: readonly string[],
): Check {
  const tried = new Set(rows.map(({ type, operation, when }) => `${type} ${operation} ${when}`));
  const missing = types.flatMap((type) =>
    SIDES.filter((side) => !side.startsWith("delete") || !exempt.includes(type))
      .filter((side) => !tried.has(`${type} ${side}`))
      .map((side) => `${type}: not killed at ${side} the effect`),
  );
  return checkOf(
    "each type of the plan was killed at its create and its delete, before the effect and after",
    missing,
    `${types.length} types; never deleted by themselves: ${exempt.join(", ")}`,
  );
}

/** The rows for a person. */
export function killTable(rows: readonly KillRow[]): ResultTable {
  return {
    title: "Kills",
    intro:
      "The engine ended at calls of each type, before they reached the cloud or after; then `npm run recover` and the same command again.",
    columns: ["type", "operation", "killed", "calls", "outcome"],
    rows: rows.map(({ type, operation, when, calls, failed, leftOver }) => [
      type,
      operation,
      `${when} the effect`,
      calls,
      failed > 0
        ? `${failed} did not converge`
        : leftOver > 0
          ? "converged; one is left over, named"
          : "converged",
    ]),
  };
}
