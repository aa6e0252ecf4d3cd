import { formatDuration } from "../../../pages/duration.ts";
import type { ResultTable } from "../../result.ts";
import type { Operator, Stretch } from "./operator.ts";
import type { Lost } from "./well-again.ts";

/** A night in which something is lost, from the loss to a server that is well again. */
export interface Night {
  /** Number in the table of docs/bad-night.md; variants share one. */
  readonly number: number;
  /** The loss, as a sentence without its full stop. */
  readonly title: string;
  /** Whether the API server of the cluster is away meanwhile, so that no watch of it holds. */
  readonly apiAway?: true;
  readonly run: (operator: Operator) => Promise<Ending>;
}

/** The end of a night. */
export interface Ending {
  /** Data that is lost for good, in words. */
  readonly lost: string;
  /** The fact that decides the night, in words. */
  readonly decided: string;
  /** Differences that are allowed. Default: none. */
  readonly differs?: Lost;
}

/** A night that is over. */
export interface Outcome {
  readonly night: Night;
  readonly ending: Ending;
  readonly typed: readonly string[];
  readonly stretches: readonly Stretch[];
  /** Here, seconds. */
  readonly seconds: number;
}

/** `night 4, the database is gone`. */
export function nameOfNight({ number, title }: Pick<Night, "number" | "title">): string {
  return `night ${number}, ${title}`;
}

/** The table of all nights. */
export function nightsTable(outcomes: readonly Outcome[]): ResultTable {
  return {
    title: "The nights",
    intro:
      "What was lost, what a person types, and how long it takes on the real clouds: the updates, each with the chain that decides its time. A person's own time is not in it, nor that of a command without an update.",
    columns: ["night", "lost", "typed", "lines", "real time", "critical path", "what decided it"],
    rows: sorted(outcomes).map(({ night, ending, typed, stretches }) => [
      `${night.number} ${night.title}`,
      ending.lost,
      typed.join("; ") || "nothing",
      typed.length,
      formatDuration(stretches.reduce((sum, { seconds }) => sum + seconds, 0)),
      pathOf(stretches),
      ending.decided,
    ]),
  };
}

/** By their numbers, which is not the order in which they are rehearsed. */
function sorted(outcomes: readonly Outcome[]): readonly Outcome[] {
  return outcomes.toSorted((one, other) => one.night.number - other.night.number);
}

/** The deciding chain of the longest stretch. */
function pathOf(stretches: readonly Stretch[]): string {
  const [longest] = stretches.toSorted((one, other) => other.seconds - one.seconds);
  return (
    longest?.path.map(({ label, seconds }) => `${label} ${formatDuration(seconds)}`).join(", ") ||
    "no update waits for anything"
  );
}
