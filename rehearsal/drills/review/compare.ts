import { inDollars } from "../../../domain/cost.ts";
import type { Bill } from "./bill.ts";
import { FAILS_OVER, MIGRATES, RECONNECTS, type Level, type Truth } from "./truth.ts";

/** Holds a report against what really happened. */

/** A report, in the parts that can be held against something. */
export interface Said {
  readonly level: Level;
  /** The comment: its first line is the marker, and the first heading the verdict. */
  readonly comment: string;
  /** Pairs of steps, of which the report says that the first one ends before the other begins. */
  readonly order: readonly (readonly [earlier: string, later: string])[];
  /** Duration of the update on the real clouds, as the report has it. */
  readonly seconds: number;
  /** From the engine's last event to the three views, milliseconds. */
  readonly milliseconds: number;
}

/** A step of the update, as it happened. */
export interface Happened {
  /** The resource's URN. */
  readonly urn: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** What really happened. */
export interface Outcome {
  readonly truth: Truth;
  readonly steps: readonly Happened[];
  /** Duration of the same steps on the real clouds, from the scaled clock; 0 without a step. */
  readonly seconds: number;
  /** The bill afterwards; undefined if nothing was deployed. */
  readonly bill: Bill | undefined;
  /** Words that this change's comment must have. */
  readonly words: readonly RegExp[];
}

/** Sign of each level. */
export const SIGNS = ["⚪", "🟢", "🔵", "🟠", "🔴", "🛑"] as const;

/** Longest comment: GitHub takes 65,536 characters. */
const MOST_CHARACTERS = 60_000;
/** Longest time to make a report, milliseconds. */
const MOST_MILLISECONDS = 1_000;

/**
 * Difference between the said and the real duration that is not a fault: the report has no
 * dependencies but those of the parts that take long.
 */
const SECONDS_OFF = 60;
const PART_OFF = 0.25;

/** Claims that a comment makes by a word, which is wrong where nothing of it was seen. */
const CLAIMS: readonly RegExp[] = [RECONNECTS, FAILS_OVER, MIGRATES];

/** Every difference between a report and what happened; empty if it told the truth. */
export function untruths(said: Said, outcome: Outcome): readonly string[] {
  return [
    ...levelFaults(said, outcome),
    ...wordFaults(said, outcome),
    ...orderFaults(said, outcome),
    ...durationFaults(said, outcome),
    ...costFaults(said, outcome),
    ...formFaults(said),
  ];
}

/** The verdict is the level of what happened, neither better nor worse. */
export function levelFaults({ level, comment }: Said, { truth }: Outcome): readonly string[] {
  const heading = comment.split("\n").find((line) => line.startsWith("## ")) ?? "";
  return [
    ...(level === truth.level
      ? []
      : [`it says ${level}, but it was ${truth.level}: ${reasonsOf(truth)}`]),
    ...(heading.includes(SIGNS[truth.level])
      ? []
      : [`its heading has no ${SIGNS[truth.level]}: ${heading}`]),
  ];
}

/** What was seen is said, and what is said was seen. */
export function wordFaults({ comment }: Said, { truth, words }: Outcome): readonly string[] {
  const unsaid = truth.because.filter(({ words: each }) => !each.test(comment));
  const claimed = CLAIMS.filter(
    (claim) =>
      claim.test(leadOf(comment)) && !truth.because.some(({ words: each }) => each === claim),
  );
  return [
    ...unsaid.map(({ what, words: each }) => `${what}, and it does not say so: ${String(each)}`),
    ...claimed.map((claim) => `it says ${String(claim)}, and nothing of that happened`),
    ...words.filter((each) => !each.test(comment)).map((each) => `it does not say ${String(each)}`),
  ];
}

/** A step that is said to come first ended before the other one began. */
export function orderFaults({ order }: Said, { steps }: Outcome): readonly string[] {
  return order.flatMap(([earlier, later]) => {
    const ends = steps.filter(({ urn }) => urn === earlier).map(({ endedAtMs }) => endedAtMs);
    const begins = steps.filter(({ urn }) => urn === later).map(({ startedAtMs }) => startedAtMs);
    if (ends.length === 0 || begins.length === 0)
      return [`it orders ${earlier} before ${later}, and one of them never ran`];
    return Math.max(...ends) <= Math.max(...begins)
      ? []
      : [`it says that ${earlier} ends before ${later}, which began earlier`];
  });
}

/** The length is about that of the steps that ran, with what each takes on the real clouds. */
export function durationFaults(said: Said, { seconds }: Outcome): readonly string[] {
  const tolerance = Math.max(SECONDS_OFF, seconds * PART_OFF);
  return Math.abs(said.seconds - seconds) <= tolerance
    ? []
    : [`it says ${Math.round(said.seconds)} s, and it was ${Math.round(seconds)} s`];
}

/** The comment names the bill of what exists afterwards, at rest and at the ceiling. */
export function costFaults({ comment }: Said, { bill }: Outcome): readonly string[] {
  if (bill === undefined) return [];
  return [bill.dollars, bill.atCeiling]
    .map(inDollars)
    .filter((dollars) => !comment.includes(dollars))
    .map((dollars) => `the bill is ${dollars}, and it does not say so`);
}

function formFaults({ comment, milliseconds }: Said): readonly string[] {
  return [
    ...(comment.length <= MOST_CHARACTERS ? [] : [`it has ${comment.length} characters`]),
    ...(milliseconds <= MOST_MILLISECONDS ? [] : [`it took ${Math.round(milliseconds)} ms`]),
    ...(/^<!-- mastodon-preview stack=\S+ -->$/u.test(comment.split("\n")[0] ?? "")
      ? []
      : ["its first line is not the marker"]),
  ];
}

/** Heading and first paragraph: what a tired person reads. */
function leadOf(comment: string): string {
  return comment.split("\n\n").slice(0, 2).join("\n");
}

function reasonsOf({ because }: Truth): string {
  return because.map(({ what }) => what).join("; ") || "no step";
}
