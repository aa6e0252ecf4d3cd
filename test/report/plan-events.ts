import { isDeepStrictEqual } from "node:util";
import type { EngineEvent } from "@pulumi/pulumi/automation/events.js";
import type { Plan } from "../../plan/plan-stack.ts";
import type { PlannedResource } from "../../plan/recorder.ts";
import { reveal, Secret, UNKNOWN } from "../../plan/values.ts";
import { replacementsOf, withNewOutputs } from "../../rehearsal/plan/replacements.ts";

/**
 * The events of a preview from one plan to another, without an engine: the same rows as in a
 * rehearsal decide what is replaced. `npm run rehearse -- review` compares reports with the real
 * engine's.
 */

/** Placeholder of the engine for a value that it does not know yet. */
const UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** The stack's own resource. */
const STACK = "pulumi:pulumi:Stack";

/** Events of an update from `before`, or of a first one, to `after`. */
export function previewEvents(
  before: Plan | undefined,
  after: Plan,
): readonly Partial<EngineEvent>[] {
  const olds = new Map(before?.resources.map((one) => [one.urn, one]));
  const replaced = new Map(
    (before === undefined ? [] : replacementsOf(before, after)).map((one) => [
      one.resource.urn,
      one,
    ]),
  );
  const counts: Record<string, number> = {};
  const events: Partial<EngineEvent>[] = [];
  const late: Partial<EngineEvent>[] = [];
  const step = (
    op: string,
    old: PlannedResource | undefined,
    wanted: PlannedResource | undefined,
    keys: readonly string[] = [],
    outputs?: unknown,
  ): Partial<EngineEvent> => {
    counts[op] = (counts[op] ?? 0) + 1;
    const { urn, type } = (wanted ?? old)!;
    return {
      resourcePreEvent: {
        planning: true,
        metadata: {
          op,
          urn,
          type,
          keys,
          diffs: [],
          detailedDiff: null,
          provider: "",
          old: old === undefined ? null : sideOf(old, outputs),
          new: wanted === undefined ? null : sideOf(wanted),
        } as never,
      },
    };
  };
  for (const resource of after.resources) {
    const old = olds.get(resource.urn);
    if (resource.type === STACK) {
      events.push(step(old === undefined ? "create" : "same", old, resource, [], before?.outputs));
      continue;
    }
    if (!resource.custom) continue;
    const news = { ...resource, inputs: withNewOutputs(resource, replaced) };
    const replacement = replaced.get(resource.urn);
    if (old === undefined) events.push(step("create", undefined, news));
    else if (replacement !== undefined) {
      const keys =
        replacement.dragger === undefined
          ? Object.keys(news.inputs).filter((key) => !isSame(old.inputs[key], news.inputs[key]))
          : [];
      const gone = step("delete-replaced", old, undefined);
      if (replacement.deleteFirst) events.push(gone);
      else late.push(gone);
      events.push(step("replace", old, news, keys), step("create-replacement", old, news, keys));
    } else events.push(step(isSame(old.inputs, news.inputs) ? "same" : "update", old, news));
  }
  const kept = new Set(after.resources.map(({ urn }) => urn));
  for (const old of before?.resources ?? [])
    if (old.custom && !kept.has(old.urn)) late.push(step("delete", old, undefined));
  return [
    ...events,
    ...late,
    {
      summaryEvent: {
        maybeCorrupt: false,
        durationSeconds: 1,
        resourceChanges: counts,
        policyPacks: {},
      } as never,
    },
  ];
}

function sideOf(resource: PlannedResource, outputs: unknown = {}): unknown {
  const { urn, type, protect, inputs, name } = resource;
  return {
    urn,
    type,
    id: `id-of-${name}`,
    parent: resource.parent,
    protect,
    inputs: shown(inputs),
    outputs: shown(outputs),
    provider: "",
  };
}

/** A value as an event has it. */
function shown(value: unknown): unknown {
  if (value instanceof Secret) return "[secret]";
  if (value === UNKNOWN) return UNKNOWN_TEXT;
  if (Array.isArray(value)) return value.map(shown);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, shown(inner)]));
}

function isSame(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(reveal(one), reveal(other));
}
