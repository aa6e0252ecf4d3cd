import { checkOf, type Check } from "../checks/check.ts";
import type { ResultTable } from "../result.ts";
import type { KillCell } from "./kills.ts";

/** The table of the kills. */

/** All kills of one kind. */
export interface KillRow {
  readonly type: string;
  readonly operation: string;
  readonly when: string;
  /** Calls that were cut off. */
  readonly calls: number;
  /** Calls after which recovery and the same command again did not do it. */
  readonly failed: number;
  /** Things that the operator must delete. */
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

const KINDS = ["create", "update", "delete"] as const;
const SIDES = ["before", "after"] as const;

/** Calls that a type never has. */
export type Exempt = Readonly<Record<string, "update" | "delete">>;

/** Calls that types of the stack never have. */
export const NEVER_CALLED: Exempt = {
  // They go with what they belong to.
  "digitalocean:index/databaseFirewall:DatabaseFirewall": "delete",
  "kubernetes:core/v1:Namespace": "delete",
  // Any change replaces them: `ForceNew` at each argument that a Postgres takes
  // (digitalocean/terraform-provider-digitalocean v2.99.1 `digitalocean/database/`, `tag/`).
  "digitalocean:index/databaseConnectionPool:DatabaseConnectionPool": "update",
  "digitalocean:index/databaseDb:DatabaseDb": "update",
  "digitalocean:index/databaseUser:DatabaseUser": "update",
  "digitalocean:index/tag:Tag": "update",
};

/** A check that no type of the plan is missing at its create, its update or its delete. */
export function coverageCheck(
  rows: readonly KillRow[],
  types: readonly string[],
  exempt: Exempt = NEVER_CALLED,
): Check {
  const tried = new Set(rows.map(({ type, operation, when }) => `${type} ${operation} ${when}`));
  const missing = types.flatMap((type) =>
    KINDS.filter((kind) => exempt[type] !== kind).flatMap((kind) =>
      SIDES.filter((when) => !tried.has(`${type} ${kind} ${when}`)).map(
        (when) => `${type}: not killed at ${kind} ${when} the effect`,
      ),
    ),
  );
  const never = Object.entries(exempt).map(([type, kind]) => `${kind} of ${type}`);
  return checkOf(
    "each type of the plan was killed at its create, update and delete, before the effect and after",
    missing,
    `${types.length} types; there is no ${never.join(", no ")}`,
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
