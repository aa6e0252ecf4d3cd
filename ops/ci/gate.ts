import { join } from "node:path";
import { unlockLine } from "../../policy/steps/unlocks.ts";
import type { Step } from "../report/step-marks.ts";
import { LEVELS, type Level } from "../report/verdict.ts";
import { joined } from "../report/text.ts";
import { landedOf, short, type Landed, type Review, type Since } from "./landed.ts";
import { bereft, unreviewed } from "./unreviewed.ts";

/** The gate of a deploy: compares its own preview with those that were reviewed. */

/** File in which the step of the preview leaves {@link OwnPreview} for the gate. */
export const previewFile = (folder: string): string => join(folder, "preview.json");

/** The deploy's own preview. */
export interface OwnPreview {
  /** The program, the engine or a mandatory rule stopped it, or it had no end. */
  readonly refused: boolean;
  /** First sentence of the refusal; "" without one. */
  readonly reason: string;
  /** 0 (nothing changes) to 5 (refused). */
  readonly level: Level;
  /** Hash of the steps. */
  readonly steps: string;
  /** Each change of a resource. */
  readonly changes: readonly Step[];
  /** URNs of the resources that exist after the update, changed or not. */
  readonly remaining: readonly string[];
  /** Whether `mastodon:unlocked` or `mastodon:anew` names a resource of a step. */
  readonly unlocked: boolean;
}

/** Everything that the gate looks at. */
export interface GateInput {
  readonly stack: string;
  readonly preview: OwnPreview;
  /** The commit that is deployed. */
  readonly commit: string;
  /** The commit that main is at now. */
  readonly main: string;
  /** Commits of main since the last deploy. */
  readonly since: Since;
  /** Hash of the steps that a person has accepted by hand, after reading the deploy's preview. */
  readonly accepted?: string;
}

/** Reasons to stop, by name. */
export type Stop =
  | "refused"
  | "moved"
  | "outage"
  | "not-accepted"
  | "not-reviewed"
  | "worse"
  | "other-steps"
  | "without-the-rest";

/** The decision, and a sentence for the log, the summary and the comment. */
export interface Decision {
  /** Missing if the deploy may go on. */
  readonly stop?: Stop;
  readonly says: string;
  /** The changes that the sentence is about: operation, name and type of each, Markdown. */
  readonly steps?: readonly string[];
}

/** Highest level that a commit may have without a review or an entry of the stack file. */
const UNREVIEWED = 3;

const words = (level: Level): string => `${level} (${LEVELS[level].word})`;

/**
 * Decides whether the update may start. A comment can't make it go on over a refusal of the program
 * or a mandatory rule: {@link OwnPreview.refused} counts first.
 */
export function decide(input: GateInput): Decision {
  const { preview, commit, main, since, accepted } = input;
  if (preview.refused)
    return stop("refused", `The preview was refused: ${preview.reason || "it had no end"}.`);
  if (main !== commit)
    return stop(
      "moved",
      `Main has moved on to ${short(main)}, which contains ${short(commit)}: that one is deployed instead.`,
    );
  if (accepted !== undefined && accepted !== "") {
    if (isOutage(preview)) return outage(input);
    return accepted === preview.steps
      ? { says: "The steps are those that were accepted by hand." }
      : stop(
          "not-accepted",
          `The steps are not those that were accepted by hand (${accepted.slice(0, 12)}). ${cureOf(input)}`,
        );
  }
  const landed = landedOf(since);
  if (landed.pulls.length > 0) return compared(input, landed);
  return isOutage(preview)
    ? outage(input)
    : { says: `No pull request to compare with; level ${words(preview.level)} needs none.` };
}

/** Compares with the pull requests that were merged since the last deploy. */
function compared(input: GateInput, { pulls, reviews, unseen }: Landed): Decision {
  const { preview } = input;
  if (preview.changes.length === 0)
    return { says: "Nothing changes, so nothing was to be reviewed." };
  const missing = [...new Set(unseen.flatMap(({ why }) => why ?? []))];
  if (missing.length > 0) return stop("not-reviewed", `${missing.join("; ")}. ${cureOf(input)}`);
  // A commit without a pull request may come with reviewed ones, and then an outage may be its own.
  if (unseen.length > 0 && isOutage(preview)) return outage(input);
  const worst = Math.max(...reviews.map(({ verdict }) => verdict.level)) as Level;
  const names = joined(pulls.map(({ number }) => `#${number}`));
  const goesOn = {
    says: `A person has reviewed every step with ${names}, at level ${words(worst)} or less.`,
  };
  if (reviews.some((review) => isSame(preview, review))) return goesOn;
  const other = unreviewed(preview.changes, reviews);
  const isWorse = preview.level > worst;
  if (isWorse || other.length > 0) {
    const level = isWorse
      ? `The preview's level is ${words(preview.level)}; ${names} ${pulls.length === 1 ? "was" : "were"} merged at ${words(worst)}${pulls.length === 1 ? "" : " or less"}. `
      : "";
    const count = `Nobody has reviewed ${other.length} of ${preview.changes.length} changes: no preview of ${names} has ${other.length === 1 ? "it" : "them"} in this form.`;
    const says = `${level}${count} ${whyOf(input.since, reviews, unseen)} ${cureOf(input)}`;
    return { ...stop(isWorse ? "worse" : "other-steps", says), steps: other };
  }
  const alone = bereft(preview, reviews);
  if (alone.length > 0)
    return {
      ...stop(
        "without-the-rest",
        `${names} deleted this beside a resource that should exist then, and it will not: a reviewer saw a successor, and now there is none. ${cureOf(input)}`,
      ),
      steps: alone,
    };
  return goesOn;
}

/** Whether a comment without a list of its steps is about exactly these. */
const isSame = ({ steps, level }: OwnPreview, { verdict }: Review): boolean =>
  verdict.each === undefined && verdict.steps === steps && level <= verdict.level;

/** Probable cause of steps that nobody reviewed. */
function whyOf(since: Since, reviews: readonly Review[], unseen: Landed["unseen"]): string {
  const unlisted = reviews.filter(
    ({ verdict: { each, level } }) => each === undefined && level > 0,
  );
  if (unlisted.length > 0)
    return `The comment of ${joined(unlisted.map(({ number }) => `#${number}`))} lists no steps: an older program wrote it, or there were too many.`;
  if (unseen.length > 0)
    return `${joined(unseen.map(({ commit }) => short(commit)))} came to main without a pull request.`;
  return since.deployed === undefined
    ? "Only the newest pull request counts, because no recent commit of main has a deploy that succeeded."
    : "The clouds or the cluster have changed since the previews.";
}

/** Level that nobody has reviewed, and that takes more than a hash. */
const isOutage = ({ level, unlocked }: OwnPreview): boolean => level > UNREVIEWED && !unlocked;

/** The remedy: a command to type, or an unlock to merge. */
function cureOf({ stack, preview }: GateInput): string {
  if (!isOutage(preview))
    return `Read the preview in the run's summary. To deploy exactly that: \`gh workflow run deploy.yml -f steps=${preview.steps}\`.`;
  const names = preview.changes.filter(({ level }) => level > UNREVIEWED).map(({ name }) => name);
  return `No hash accepts an outage or a loss. If you mean it, run \`${unlockLine(names.length === 0 ? ["NAME"] : names, { stack })}\`, commit that, and merge it.`;
}

function outage(input: GateInput): Decision {
  return stop(
    "outage",
    `The preview's level is ${words(input.preview.level)}, nobody has reviewed that, and the stack file names no resource of it. ${cureOf(input)}`,
  );
}

function stop(name: Stop, says: string): Decision {
  return { stop: name, says };
}
