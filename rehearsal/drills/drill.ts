import type { Check } from "../checks/check.ts";
import { errorsOf, type Operation } from "../engine/operation.ts";
import type { Phase } from "../phases.ts";
import type { ResultTable } from "../result.ts";
import type { Schedule } from "../../domain/schedule.ts";

/** Results that a drill collects while its phases run. */
export interface Findings {
  readonly checks: Check[];
  readonly tables: ResultTable[];
  readonly operations: Operation[];
  /** The stack's resources by Pulumi type. */
  resources: Readonly<Record<string, number>>;
  /** Real duration of the drill's main update. */
  timeline: Schedule | undefined;
}

/** A rehearsal of one kind: phases that collect findings. */
export interface Drill {
  /** Heading of its page: `real nodes`. */
  readonly name: string;
  readonly phases: readonly Phase[];
  readonly findings: Findings;
  /** Claims that it does not prove. Default: those of every rehearsal on kwok's nodes. */
  readonly notProven?: readonly string[];
}

/** Empty findings. */
export function noFindings(): Findings {
  return { checks: [], tables: [], operations: [], resources: {}, timeline: undefined };
}

/** Records an operation. If it failed, throws with the engine's message. */
export function succeeded(findings: Findings, operation: Operation): Operation {
  findings.operations.push(operation);
  if (operation.failure !== undefined)
    throw new Error(`${operation.kind} failed:\n${errorsOf(operation).join("\n")}`);
  return operation;
}

/** `62 created, 3 updated`: counts of an operation or its preview. */
export function countsOf(operation: Operation): string {
  const words = Object.entries(operation.counts)
    .filter(([op, n]) => op !== "same" && n > 0)
    .map(([op, n]) => `${n} ${op}`);
  return words.length === 0 ? "no change" : words.join(", ");
}

/** Number of resources of each Pulumi type. */
export function countByType(
  resources: readonly { readonly type: string }[],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { type } of resources) counts[type] = (counts[type] ?? 0) + 1;
  return counts;
}
