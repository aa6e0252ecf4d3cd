import { inDollars } from "../../../domain/cost.ts";
import { nameOf } from "../../engine/operation.ts";
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
  readonly op: string;
  /** The resource's URN. */
  readonly urn: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** Measurements of an update, as far as a report is held against them. */
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
 * Difference between the said and the real duration that is not a fault. The report knows the
 * dependencies of only those parts that take long.
 */
const SECONDS_OFF = 60;
const PART_OFF = 0.25;

/** Claims that a comment makes by a word, which is wrong where nothing of it was seen. */
const CLAIMS: readonly Claim[] = [
  // The rehearsed Valkey does not fail over; a real one breaks its connections with it.
  { claims: RECONNECTS, needs: [RECONNECTS, FAILS_OVER] },
  { claims: FAILS_OVER, needs: [FAILS_OVER] },
  { claims: /migrations? run/iu, needs: [MIGRATES] },
];

/** Words in a comment, and those of the reasons of which they need one. */
interface Claim {
  readonly claims: RegExp;
  readonly needs: readonly RegExp[];
}

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

/** Everything that was seen is said, and nothing else. */
export function wordFaults({ comment }: Said, { truth, words }: Outcome): readonly string[] {
  const unsaid = truth.because.filter(({ words: each }) => !each.test(comment));
  const claimed = CLAIMS.filter(
    ({ claims, needs }) =>
      claims.test(leadOf(comment)) &&
      !truth.because.some(({ words: each }) => needs.includes(each)),
  );
  return [
    ...unsaid.map(({ what, words: each }) => `${what}, and it does not say so: ${String(each)}`),
    ...claimed.map(({ claims }) => `it says ${String(claims)}, and nothing of that happened`),
    ...words.filter((each) => !each.test(comment)).map((each) => `it does not say ${String(each)}`),
  ];
}

/** A step that is said to come first ended before the other one began. */
export function orderFaults({ order }: Said, { steps }: Outcome): readonly string[] {
  return order.flatMap(([earlier, later]) => {
    const [first, second] = [earlier, later].map((urn) =>
      // What is replaced may stay until the end of the update: its successor counts.
      steps.find((step) => step.urn === urn && MAKES.includes(step.op)),
    );
    const names = `${nameOf(earlier)} before ${nameOf(later)}`;
    if (first === undefined || second === undefined)
      return [`it orders ${names}, and one of them never ran`];
    return first.endedAtMs <= second.startedAtMs
      ? []
      : [`it orders ${names}, which began ${first.endedAtMs - second.startedAtMs} ms too early`];
  });
}

/** Operations that make or change a resource. */
const MAKES: readonly string[] = ["create", "create-replacement", "update"];

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
