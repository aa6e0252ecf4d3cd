import { join } from "node:path";
import { LEVELS, type Level, type Verdict } from "../report/verdict.ts";

/** The gate of a deploy: compares its own preview with the one that was reviewed. */

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
  /** Whether `mastodon:unlocked` or `mastodon:anew` names a resource of a step. */
  readonly unlocked: boolean;
}

/** The pull request that became the commit, with the verdict in its comment. */
export interface Reviewed {
  readonly number: number;
  /** The commit that was merged. */
  readonly head: string;
  /** The verdict of its comment; missing if it has none that can be read. */
  readonly verdict?: Pick<Required<Verdict>, "head" | "level" | "steps">;
}

/** Everything that the gate looks at. */
export interface GateInput {
  readonly preview: OwnPreview;
  /** The commit that is deployed. */
  readonly commit: string;
  /** The commit that main is at now. */
  readonly main: string;
  /** Missing for a commit that was pushed without a pull request. */
  readonly reviewed?: Reviewed;
  /** Hash of the steps that a person has accepted by hand, after reading the deploy's preview. */
  readonly accepted?: string;
}

/** Reasons to stop, by name. */
export type Stop =
  "refused" | "moved" | "outage" | "not-accepted" | "not-reviewed" | "worse" | "other-steps";

/** The decision, and a sentence for the log, the summary and the comment. */
export interface Decision {
  /** Missing if the deploy may go on. */
  readonly stop?: Stop;
  readonly says: string;
}

/** Highest level that a commit may have without a review or an entry of the stack file. */
const UNREVIEWED = 3;

const words = (level: Level): string => `${level} (${LEVELS[level].word})`;
const short = (commit: string): string => commit.slice(0, 7);

/**
 * Decides whether the update may start. A comment can't make it go on
 * over a refusal of the program or a mandatory rule: {@link OwnPreview.refused} counts first.
 */
export function decide(input: GateInput): Decision {
  const { preview, commit, main, reviewed, accepted } = input;
  if (preview.refused)
    return stop("refused", `The preview was refused: ${preview.reason || "it had no end"}.`);
  if (main !== commit)
    return stop(
      "moved",
      `Main has moved on to ${short(main)}, which contains ${short(commit)}: that one is deployed instead.`,
    );
  const byHand = `Read the preview above. To deploy exactly that: \`gh workflow run deploy.yml -f steps=${preview.steps}\`.`;
  const isOutage = preview.level > UNREVIEWED && !preview.unlocked;
  const outage = stop(
    "outage",
    `The preview's level is ${words(preview.level)}, nobody has reviewed that, and the stack file names no resource of it. Run \`npm run unlock\` for the resource, and merge that.`,
  );
  if (accepted !== undefined && accepted !== "") {
    if (isOutage) return outage;
    return accepted === preview.steps
      ? { says: "The steps are those that were accepted by hand." }
      : stop(
          "not-accepted",
          `The steps are not those that were accepted by hand (${accepted.slice(0, 12)}). ${byHand}`,
        );
  }
  if (reviewed === undefined && isOutage) return outage;
  if (reviewed === undefined)
    return { says: `No pull request to compare with; level ${words(preview.level)} needs none.` };
  const { number, head, verdict } = reviewed;
  if (verdict?.head !== head)
    return stop(
      "not-reviewed",
      `#${number} was merged at ${short(head)}, and its comment has ${verdict === undefined ? "no preview" : `the preview of ${short(verdict.head)}`}. ${byHand}`,
    );
  if (preview.level > verdict.level)
    return stop(
      "worse",
      `The preview's level is ${words(preview.level)}; #${number} was merged at ${words(verdict.level)}. ${byHand}`,
    );
  if (preview.steps !== verdict.steps)
    return stop(
      "other-steps",
      `The steps are not those of #${number}: the clouds, the cluster or main have changed since its preview. ${byHand}`,
    );
  return { says: `The steps are those of #${number}, at level ${words(verdict.level)} or less.` };
}

function stop(name: Stop, says: string): Decision {
  return { stop: name, says };
}
