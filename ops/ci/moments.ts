import { LEVELS, type Level } from "../report/verdict.ts";
import { eachOf, levelOf, neutral, NOTICE_CHARACTERS, type Parts } from "./comment-body.ts";

/** The comment at each moment of a pull request. Each takes the parts that are there. */

/** Result of the preview's job, in GitHub's words. */
export type Outcome = "success" | "failure" | "cancelled" | "skipped";

/** Outputs of the preview's job. The pull request's own code wrote them. */
export interface Handed {
  readonly report: string;
  /** "0" to "5". */
  readonly level: string;
  /** Hash of the steps. */
  readonly steps: string;
  /** Marks of each change; "" if there are none, or too many. */
  readonly each?: string;
}

/** One preview: its two commits, and the address of its run. */
export interface Run {
  readonly head: string;
  readonly base: string;
  readonly url: string;
}

const EMPTY: Parts = { notice: "", report: "" };

/** Short form of a commit. */
export const short = (commit: string): string => `\`${commit.slice(0, 7)}\``;

/** Reminder of the commit that the report below a notice is about. */
const below = ({ verdict }: Parts): string =>
  verdict === undefined ? "" : ` Below: the preview of ${short(verdict.head)}.`;

/** A preview has been started: the earlier verdict stays, with a line above it. */
export function waiting(parts: Parts = EMPTY, { head, url }: Run): Parts {
  const words = `⏳ Previewing ${short(head)}: [the run](${url}) waits for its reviewer, or is running.`;
  return { ...parts, notice: `> ${words}${below(parts)}` };
}

/** A preview has ended: complete, refused, cancelled or without a report. */
export function ended(
  parts: Parts = EMPTY,
  run: Run,
  outcome: Outcome,
  { report, level, steps, each }: Handed,
): Parts {
  const { head, base, url } = run;
  if (outcome === "cancelled" || outcome === "skipped") {
    const words = `⚪ The preview of ${short(head)} was ${outcome}: nothing is known of it. [The run](${url}).`;
    return { ...parts, notice: `> ${words}${below(parts)}` };
  }
  const given = /^[0-5]$/u.test(level) ? (Number(level) as Level) : 5;
  const hash = /^[0-9a-f]{64}$/u.test(steps) ? steps : "";
  // A job that failed has no green verdict, also if it printed one before.
  const isRefused = hash === "" || (outcome === "failure" && given < 4);
  const verdict = { head, base, level: isRefused ? 5 : given, steps: hash, ...eachOf(each) };
  const text = neutral(report);
  return { verdict, notice: "", report: text === "" ? missing(run) : headed(text, verdict.level) };
}

/** The report below a first line that shows this level, its own or one of ours. */
function headed(report: string, level: Level): string {
  return levelOf(report) === level
    ? report
    : `## ${LEVELS[level].sign} ${LEVELS[level].word}\n\n${report.replace(/^(#+ )/u, "##$1")}`;
}

/** The report of a preview that left none. */
function missing({ head, url }: Run): string {
  return [
    "## 🛑 No preview",
    "",
    `The job for ${short(head)} left no report. Its reviewer refused it, it conflicts with main, or a step before the preview failed: [the run](${url}).`,
  ].join("\n");
}

/** Main has moved since the preview: the report may no longer be true. */
export function stale(
  parts: Parts,
  { from, to, next }: { readonly from: string; readonly to: string; readonly next: string },
): Parts {
  return { ...parts, notice: `> ⏳ main moved (${short(from)} → ${short(to)}). ${next}` };
}

/** The deploy has ended. Its text may contain the output of pods. */
export function deployed(parts: Parts = EMPTY, text: string): Parts {
  return { ...parts, notice: neutral(text, NOTICE_CHARACTERS) };
}
