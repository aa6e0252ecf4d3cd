import { CLUSTER } from "../recover/types.ts";
import type { Change } from "./change.ts";
import { hasUnknown } from "./difference.ts";

import { kindOf, nounOf, NOTHING } from "./kinds.ts";

/** Deleted and replaced resources, by the loss that goes with them, each with its reason. */

/** One resource, or several of one kind for one reason. */
export interface Gone {
  readonly nouns: readonly string[];
  readonly kind:
    | "deleted"
    | "only forgotten, and stays in its cloud"
    | "replaced"
    | "replaced, with the old one there until then";
  /** "its size changes", or the resource that it hangs on. */
  readonly why?: string;
  /** Unset: nothing is lost. */
  readonly lost?: string;
}

/** Type of the Jobs of a release, which run again and hold nothing. */
const JOB = "kubernetes:batch/v1:Job";

/**
 * The deleted resources, and the replaced ones that hold data or that members use; those with a
 * loss first. {@link quietlyReplaced} counts the others.
 */
export function goneOf(changes: readonly Change[]): readonly Gone[] {
  const gone = changes.filter(
    (change) => change.kind === "delete" || (change.kind === "replace" && matters(change)),
  );
  const groups = new Map<string, Gone>();
  for (const change of gone) {
    const one = goneBy(change, changes);
    const key = JSON.stringify([one.kind, one.why, one.lost]);
    const group = groups.get(key);
    groups.set(
      key,
      group === undefined ? one : { ...group, nouns: [...group.nouns, ...one.nouns] },
    );
  }
  return [...groups.values()].sort((one, other) => weight(other) - weight(one));
}

/** Numbers of replaced resources that hold nothing and that nobody misses. */
export function quietlyReplaced(changes: readonly Change[]): {
  readonly jobs: number;
  readonly others: number;
} {
  const quiet = changes.filter((change) => change.kind === "replace" && !matters(change));
  const jobs = quiet.filter(({ type }) => type === JOB).length;
  return { jobs, others: quiet.length - jobs };
}

function matters({ type, name, deletedFirst }: Change): boolean {
  const row = kindOf(type);
  return (
    row?.holds?.(name) !== undefined ||
    ((deletedFirst || type === CLUSTER) && (row?.replaced?.(name) ?? NOTHING).level > NOTHING.level)
  );
}

function weight({ lost }: Gone): number {
  return lost === undefined ? 0 : 1;
}

function goneBy(change: Change, all: readonly Change[]): Gone {
  const { type, name, kind, deletedFirst, retained } = change;
  const lost = kind === "delete" && retained ? undefined : kindOf(type)?.holds?.(name);
  const why = kind === "replace" ? causeOf(change, all) : undefined;
  return {
    nouns: [nounOf(change)],
    kind:
      kind === "delete"
        ? retained
          ? "only forgotten, and stays in its cloud"
          : "deleted"
        : deletedFirst
          ? "replaced"
          : "replaced, with the old one there until then",
    ...(why === undefined ? {} : { why }),
    ...(lost === undefined ? {} : { lost }),
  };
}

/** Texts that are too short to say whose they are: a port, a flag. */
const TELLING = 6;

/**
 * Reason why a resource is replaced. The engine names the properties. A property may be unknown
 * only because another resource is replaced. Then that one is the reason: the old inputs contain
 * its id or one of its outputs.
 */
export function causeOf(change: Change, all: readonly Change[]): string | undefined {
  const keys = change.keys.filter((key) => !isUnknownAt(change, key));
  if (keys.length > 0) return `${keys.join(", ")} ${keys.length === 1 ? "changes" : "change"}`;
  const inputs = JSON.stringify(change.old?.inputs ?? {});
  const causes = all.filter(
    (other) =>
      other.urn !== change.urn &&
      other.kind === "replace" &&
      tellingTexts(other).some((text) => inputs.includes(text)),
  );
  // What is itself dragged along explains less than what drags.
  const [root] = causes.filter((cause) => cause.keys.some((key) => !isUnknownAt(cause, key)));
  const cause = root ?? causes[0];
  if (cause !== undefined) return `it hangs on ${nounOf(cause)}`;
  return change.keys.length > 0 ? `${change.keys.join(", ")} changes` : undefined;
}

function isUnknownAt({ new: wanted }: Change, key: string): boolean {
  if (wanted === undefined) return true;
  const value = wanted.inputs[key.split(/[.[]/u)[0] ?? key];
  return hasUnknown(value);
}

/** The id and the outputs of a resource that others may refer to. */
function tellingTexts({ old, name }: Change): readonly string[] {
  if (old === undefined) return [];
  return [old.id, ...Object.values(old.outputs)].filter(
    (text): text is string =>
      typeof text === "string" && text.length >= TELLING && text !== name && text !== "[secret]",
  );
}
