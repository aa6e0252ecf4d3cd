import type {
  DiagnosticEvent,
  EngineEvent,
  StepEventMetadata,
  StepEventStateMetadata,
} from "@pulumi/pulumi/automation/events.js";
import type { Running } from "../../domain/deployed-state.ts";
import type { Finding, SideView, StepView } from "../../policy/views.ts";

/**
 * Reads the engine's events: of the CLI's `--event-log FILE`, one JSON object a line, or of the
 * Automation API's `onEvent`.
 */

/** A message of the engine or of the program. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  /** Without terminal colors and without blank ends. */
  readonly message: string;
  /** The resource that it is about; unset for the stack as a whole. */
  readonly urn?: string;
}

/** One run of the engine, as far as a report needs it. */
export interface EngineRun {
  /** Every step, in the order in which the engine began them, with those that change nothing. */
  readonly steps: readonly StepView[];
  /** Equal messages once: the program's own runner repeats a refusal. */
  readonly diagnostics: readonly Diagnostic[];
  /** Violations that the engine's policy packs reported. */
  readonly policies: readonly Finding[];
  /** Number of resources by operation. */
  readonly counts: Readonly<Record<string, number>>;
  /** Output `running` of the last update; unset for a stack that is not deployed yet. */
  readonly running?: Partial<Running>;
  /** Whether the state has resources: those of an update that was cut off have no outputs. */
  readonly exists: boolean;
  /** Whether the engine reported an error or a violation of a mandatory policy. */
  readonly failed: boolean;
  /** Whether an error has a stack trace: a fault of the program's, not a refusal. */
  readonly threw: boolean;
}

/** Type of the stack's own resource, which has the outputs. */
const STACK = "pulumi:pulumi:Stack";

/** Markers of colors, which the terminal of the CLI replaces: `<{%reset%}>`. */
const COLOUR = /<\{%.*?%\}>/gu;

/** A line of V8's stack traces: "    at run (file:///index.ts:3:7)". Our refusals have none. */
const FRAME = /^ +at .+:\d+:\d+\)?$/mu;

/** Lines of an event log, or its events. */
export type EventLog = Iterable<string> | Iterable<Partial<EngineEvent>>;

/** Reads a run from its events. */
export function readEngineLog(log: EventLog): EngineRun {
  const steps: StepView[] = [];
  const diagnostics = new Map<string, Diagnostic>();
  const policies = new Map<string, Finding>();
  let counted: Readonly<Record<string, number>> | undefined;
  let running: Partial<Running> | undefined;
  for (const event of eventsOf(log)) {
    const { resourcePreEvent, diagnosticEvent, policyEvent, summaryEvent } = event;
    if (resourcePreEvent !== undefined) {
      const { metadata } = resourcePreEvent;
      steps.push(stepOf(metadata));
      if (metadata.type === STACK)
        running ??= metadata.old?.outputs?.["running"] as Partial<Running> | undefined;
    }
    const diagnostic = diagnosticEvent === undefined ? undefined : diagnosticOf(diagnosticEvent);
    if (diagnostic !== undefined) {
      const key = `${diagnostic.severity} ${diagnostic.message}`;
      if (!diagnostics.has(key)) diagnostics.set(key, diagnostic);
    }
    if (policyEvent !== undefined) {
      const { policyName, resourceUrn, message, enforcementLevel } = policyEvent;
      policies.set(`${policyName} ${resourceUrn ?? ""} ${message}`, {
        rule: policyName,
        level: enforcementLevel === "mandatory" ? "mandatory" : "advisory",
        ...(resourceUrn === undefined || resourceUrn === "" ? {} : { urn: resourceUrn }),
        message: plain(message),
      });
    }
    if (summaryEvent !== undefined)
      counted = summaryEvent.resourceChanges as Readonly<Record<string, number>>;
  }
  const told = [...diagnostics.values()];
  const findings = [...policies.values()];
  return {
    steps,
    diagnostics: told,
    policies: findings,
    counts: counted ?? countsOf(steps),
    ...(running === undefined ? {} : { running }),
    exists: steps.some(({ type, old }) => type !== STACK && old !== undefined),
    failed:
      told.some(({ severity }) => severity === "error") ||
      findings.some(({ level }) => level === "mandatory"),
    threw: told.some(({ severity, message }) => severity === "error" && FRAME.test(message)),
  };
}

/**
 * The events of a log. The last line of a killed engine may be cut off: a line that is no JSON
 * object counts as an event without content.
 */
export function* eventsOf(log: EventLog): Generator<Partial<EngineEvent>> {
  for (const each of log) yield typeof each === "string" ? eventOf(each) : each;
}

function eventOf(line: string): Partial<EngineEvent> {
  try {
    const event: unknown = JSON.parse(line);
    return typeof event === "object" && event !== null ? event : {};
  } catch {
    return {};
  }
}

function stepOf(metadata: StepEventMetadata): StepView {
  const { op, urn, type, keys, diffs, detailedDiff, old, new: wanted } = metadata;
  return {
    op,
    urn,
    type,
    name: nameOf(urn),
    // The engine writes null for an empty list.
    keys: keys ?? [],
    diffs: diffs ?? [],
    detailedDiff: detailedDiff ?? {},
    // A state that is only a placeholder for a side that is not there.
    ...(old === undefined || old === null ? {} : { old: sideOf(old) }),
    ...(wanted === undefined || wanted === null ? {} : { new: sideOf(wanted) }),
  };
}

function sideOf({
  id,
  inputs,
  outputs,
  protect,
  retainOnDelete,
}: StepEventStateMetadata): SideView {
  return {
    ...(id === "" || id === undefined ? {} : { id }),
    inputs: inputs ?? {},
    outputs: outputs ?? {},
    protect: protect === true,
    ...(retainOnDelete === true ? { retainOnDelete } : {}),
  };
}

function diagnosticOf({ severity, message, urn }: DiagnosticEvent): Diagnostic | undefined {
  if (severity !== "error" && severity !== "warning") return undefined;
  const text = plain(message);
  if (text === "") return undefined;
  return { severity, message: text, ...(urn === undefined || urn === "" ? {} : { urn }) };
}

/** The logical name in a URN. */
export function nameOf(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

/** The kind of thing in a type: "Deployment" for `kubernetes:apps/v1:Deployment`. */
export function typeWord(type: string): string {
  return type.split(":").at(-1) ?? type;
}

/** Text without colors; each line keeps its indentation. */
export function plain(text: string): string {
  return text.replaceAll(COLOUR, "").trim();
}

function countsOf(steps: readonly StepView[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { op } of steps) counts[op] = (counts[op] ?? 0) + 1;
  return counts;
}
