import { createHash } from "node:crypto";
import type { StepView } from "../../policy/views.ts";

/**
 * The part of a comment for machines. The deploy compares it with its own preview, and stops if the
 * clouds or main have changed since the review.
 */

/** Effect on members, from nothing (0) to an outage or a loss (4); 5 is a refusal. */
export type Level = 0 | 1 | 2 | 3 | 4 | 5;

/** Sign and word of a level. The word is for those who can't see the sign. */
export const LEVELS: Readonly<Record<Level, { readonly sign: string; readonly word: string }>> = {
  0: { sign: "⚪", word: "Nothing changes" },
  1: { sign: "🟢", word: "Members notice nothing" },
  2: { sign: "🔵", word: "The old one serves until the new one is ready" },
  3: { sign: "🟠", word: "Interrupted for seconds" },
  4: { sign: "🔴", word: "Outage or loss" },
  5: { sign: "🛑", word: "Refused" },
};

/**
 * Most characters of a report. GitHub's limit for a comment is 65,536. The marks of a verdict take
 * up to 4,000 of the rest, and a notice 5,000.
 */
export const REPORT_CHARACTERS = 56_000;

/** First line of the comment of a stack, which identifies it. */
export function markerOf(stack: string): string {
  return `<!-- mastodon-preview stack=${stack} -->`;
}

/** The verdict of one preview. */
export interface Verdict {
  /** Commit of the pull request; unset at an operator's machine. */
  readonly head?: string;
  /** Commit of main that it was merged with. */
  readonly base?: string;
  readonly level: Level;
  /** Hash of the steps: {@link hashOf}. */
  readonly steps: string;
  /** A mark of each change (`step-marks.ts`); missing in an older comment, or if they are many. */
  readonly each?: string;
}

/** Operations that change nothing. */
export const QUIET: readonly string[] = ["same", "read", "refresh", "read-replacement", "discard"];

/** Whether a step changes a cloud or the cluster. */
export function isChange({ op, type }: Pick<StepView, "op" | "type">): boolean {
  // Neither is an object of a cloud. A provider changes with each new credential of the cluster.
  if (type === "pulumi:pulumi:Stack") return false;
  if (type.startsWith("pulumi:providers:") && op === "update") return false;
  return !QUIET.includes(op);
}

/**
 * Hash of a list of steps: operation, type and name of each, without values, because those of a
 * refresh differ harmlessly. The order does not matter, because the engine works in parallel.
 */
export function hashOf(steps: readonly StepView[]): string {
  const lines = steps.filter(isChange).map(({ op, type, name }) => `${op} ${type} ${name}`);
  return createHash("sha256").update(lines.sort().join("\n")).digest("hex");
}

/** The line of a comment that contains a verdict. */
export function writeVerdict(verdict: Verdict): string {
  // A comment of HTML ends at its first "--", and branch names may contain it.
  return `<!-- verdict ${JSON.stringify(verdict).replaceAll("-", "\\u002d")} -->`;
}

/** The verdict in a comment; undefined if it has none, or one that can't be read. */
export function readVerdict(comment: string): Verdict | undefined {
  const [, json] = /^<!-- verdict (\{.*\}) -->$/mu.exec(comment) ?? [];
  if (json === undefined) return undefined;
  try {
    const { head, base, level, steps, each } = JSON.parse(json) as Readonly<
      Record<string, unknown>
    >;
    if (!isLevel(level) || typeof steps !== "string") return undefined;
    return {
      ...(typeof head === "string" ? { head } : {}),
      ...(typeof base === "string" ? { base } : {}),
      level,
      steps,
      ...(typeof each === "string" ? { each } : {}),
    };
  } catch {
    return undefined;
  }
}

function isLevel(value: unknown): value is Level {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 5;
}
