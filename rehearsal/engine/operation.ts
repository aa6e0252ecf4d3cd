import type { EngineEvent, OpType } from "@pulumi/pulumi/automation/index.js";
import { QUIET } from "../../ops/report/verdict.ts";
import { existingObjectRefusal } from "./existing-object.ts";

/** One step of an operation: the engine's action on one resource. */
export interface Step {
  readonly op: OpType;
  readonly urn: string;
  readonly type: string;
  /** Milliseconds since the operation began. */
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  readonly failed: boolean;
}

/** The result of a preview, an update or a destroy. */
export interface Operation {
  readonly kind: "preview" | "up" | "destroy";
  readonly seconds: number;
  /** Steps that change something, or would; without `same` and reads. */
  readonly steps: readonly Step[];
  /** Number of resources by kind of step, `same` included, as in the engine's summary. */
  readonly counts: Readonly<Partial<Record<OpType, number>>>;
  /** Errors and warnings in the engine's words. */
  readonly diagnostics: readonly string[];
  /** URN of each warning's resource; the stack's own for a warning of the program. */
  readonly warned: readonly string[];
  /** The reason of the failure; undefined after success. */
  readonly failure: string | undefined;
}

/**
 * A resource in the state file (`apitype.ResourceV3`), with the fields that the rehearsal reads.
 */
export interface StateResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  readonly parent?: string;
  readonly provider?: string;
  readonly dependencies?: readonly string[];
  readonly protect?: boolean;
}

/** Sums up an operation from the engine's events. `atMs` is the arrival time of each. */
export function operationOf(
  kind: Operation["kind"],
  events: readonly { readonly event: EngineEvent; readonly atMs: number }[],
  startedAtMs: number,
  endedAtMs: number,
  failure: string | undefined,
): Operation {
  const open = new Map<string, number>();
  const steps: Step[] = [];
  const diagnostics: string[] = [];
  const refusals: string[] = [];
  const warned: string[] = [];
  let counts: Partial<Record<OpType, number>> = {};
  for (const { event, atMs } of events) {
    const pre = event.resourcePreEvent?.metadata;
    if (pre !== undefined) {
      open.set(`${pre.op} ${pre.urn}`, atMs - startedAtMs);
      // A preview sends no event for a finished step.
      if (kind === "preview" && !QUIET.includes(pre.op))
        steps.push(
          stepOf(pre.op, pre.urn, pre.type, atMs - startedAtMs, atMs - startedAtMs, false),
        );
    }
    const end = event.resOutputsEvent?.metadata ?? event.resOpFailedEvent?.metadata;
    if (end !== undefined && kind !== "preview" && !QUIET.includes(end.op)) {
      const began = open.get(`${end.op} ${end.urn}`) ?? atMs - startedAtMs;
      const failed = event.resOpFailedEvent !== undefined;
      steps.push(stepOf(end.op, end.urn, end.type, began, atMs - startedAtMs, failed));
      const refusal = existingObjectRefusal(end, startedAtMs);
      if (refusal !== undefined) refusals.push(refusal);
    }
    const diagnostic = event.diagnosticEvent;
    if (diagnostic && (diagnostic.severity === "error" || diagnostic.severity === "warning"))
      diagnostics.push(
        `${diagnostic.severity}: ${nameOf(diagnostic.urn ?? "")} ${diagnostic.message.trim()}`,
      );
    if (diagnostic?.severity === "warning") warned.push(diagnostic.urn ?? "");
    if (event.summaryEvent !== undefined) counts = { ...event.summaryEvent.resourceChanges };
  }
  return {
    kind,
    seconds: (endedAtMs - startedAtMs) / 1000,
    steps,
    counts,
    warned,
    diagnostics: [...diagnostics, ...refusals.map((refusal) => `error: ${refusal}`)],
    failure: failure ?? refusals[0],
  };
}

function stepOf(
  op: OpType,
  urn: string,
  type: string,
  startedAtMs: number,
  endedAtMs: number,
  failed: boolean,
): Step {
  return { op, urn, type, startedAtMs, endedAtMs, failed };
}

/** The logical name in a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

/** A short label from a type and a URN: `Deployment web`. */
export function labelOf(type: string, urn: string): string {
  return `${type.split(":").at(-1) ?? type} ${nameOf(urn)}`;
}

/** The errors of a failed operation, in the engine's own words. */
export function errorsOf({ diagnostics, failure }: Operation): readonly string[] {
  const errors = diagnostics.filter((line) => line.startsWith("error"));
  return errors.length > 0 ? errors : [failure ?? "it failed without a word"];
}
