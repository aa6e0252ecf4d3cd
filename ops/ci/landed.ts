import type { PullVerdict } from "./comment-body.ts";

/** Commits of main since the last deploy that succeeded, and their reviews. */

/** A merged pull request, with the verdict in its comment. */
export interface Reviewed {
  readonly number: number;
  /** The commit of its branch that was merged. */
  readonly head: string;
  /** The verdict of its comment; missing if it has none that can be read. */
  readonly verdict?: PullVerdict;
}

/** One commit of main. */
export interface MainCommit {
  readonly commit: string;
  /** The pull request that brought it; missing for a push. */
  readonly pull?: Reviewed;
}

/** Commits of main since the last deploy that succeeded. */
export interface Since {
  /** The commit that was deployed last; missing if it is not known. */
  readonly deployed?: string;
  /** First parents only, the newest first. The commit that is deployed now is always the first. */
  readonly commits: readonly MainCommit[];
}

/** A verdict that counts. */
export interface Review {
  readonly number: number;
  readonly verdict: PullVerdict;
}

/** The reviews of everything that landed. */
export interface Landed {
  /** Each pull request once, in the order in which they were merged. */
  readonly pulls: readonly Reviewed[];
  readonly reviews: readonly Review[];
  /** Commits that no verdict has seen. */
  readonly unseen: readonly Unseen[];
}

/** A commit that no verdict has seen. */
export interface Unseen {
  readonly commit: string;
  /** Why the verdict of its pull request does not count; missing for a push. */
  readonly why?: string;
}

/** Why a verdict does not count; undefined if it does. */
function missing(pull: Reviewed, commits: Since["commits"]): string | undefined {
  const { head, verdict } = pull;
  if (verdict === undefined) return "its comment has no preview";
  if (verdict.head !== head) return `its comment has the preview of ${short(verdict.head)}`;
  // A refused preview does not show its steps.
  if (verdict.level >= 5) return "its preview was refused";
  const [base, landed] = [
    commits.findIndex(({ commit }) => commit === verdict.base),
    commits.findLastIndex((each) => each.pull?.number === pull.number),
  ];
  // The reviewer has merged without it.
  return base >= 0 && base <= landed ? "its preview was made after that" : undefined;
}

/**
 * Collects the reviews. A preview shows everything that main had and the server had not. So a later
 * pull request, previewed on top of a commit, has shown that commit and those before it, too.
 */
export function landedOf({ commits }: Since): Landed {
  const pulls = new Map<number, Reviewed>();
  for (const { pull } of commits.toReversed()) if (pull !== undefined) pulls.set(pull.number, pull);
  const reviews = [...pulls.values()].flatMap((pull) =>
    pull.verdict === undefined || missing(pull, commits) !== undefined
      ? []
      : [{ number: pull.number, verdict: pull.verdict }],
  );
  const bases = reviews
    .map(({ verdict: { base } }) => commits.findIndex(({ commit }) => commit === base))
    .filter((at) => at >= 0);
  const newest = Math.min(...bases, commits.length);
  // Those from the newest base on were seen with it.
  const unseen = commits
    .slice(0, newest)
    .filter(({ pull }) => !reviews.some(({ number }) => number === pull?.number));
  return { pulls: [...pulls.values()], reviews, unseen: unseen.map(withReason) };

  function withReason({ commit, pull }: MainCommit): Unseen {
    if (pull === undefined) return { commit };
    const { number, head } = pull;
    return {
      commit,
      why: `#${number} was merged at ${short(head)}, and ${missing(pull, commits)}`,
    };
  }
}

/** A commit in words: "4f2c1ab". */
export const short = (commit: string): string => commit.slice(0, 7);
