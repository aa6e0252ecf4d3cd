import { changeComment, findComment } from "./comment.ts";
import { stale } from "./moments.ts";
import type { GitHub } from "./github.ts";

/** Open pull requests after main has moved: their previews are outdated. */

/** A pull request, with the fields of GitHub's answer that this project reads. */
export interface PullRequest {
  readonly number: number;
  readonly head: { readonly sha: string; readonly repo: { readonly full_name: string } | null };
}

/** The rules for new previews. */
export interface Again {
  readonly stack: string;
  /** `owner/name` of this repository. */
  readonly repository: string;
  /** The commit that main is at now. */
  readonly main: string;
  /**
   * Whether each preview is started by a person. A repository is set to that if its environment
   * `preview` can have no reviewer: docs/operate.md, "GitHub's settings".
   */
  readonly byHand: boolean;
}

/** The command that previews one commit of a pull request on top of main. */
export const previewCommand = ({ number, head }: PullRequest): string =>
  `gh workflow run preview.yml -f pull-request=${number} -f commit=${head.sha}`;

const openPulls = async (github: GitHub): Promise<readonly PullRequest[]> =>
  await github.all<PullRequest>("pulls?state=open&base=main", "pull-requests: write");

/**
 * Whether a preview may start without a person. It runs the pull request's code with secrets, and
 * neither a fork's code nor code that a person has to read first may do that.
 */
const isAutomatic = ({ head }: PullRequest, { repository, byHand }: Again): boolean =>
  !byHand && head.repo?.full_name === repository;

/**
 * Writes into the comment of each open pull request that main has moved.
 * @returns numbers of the pull requests whose comment was changed.
 */
export async function markAll(github: GitHub, again: Again): Promise<readonly number[]> {
  const marked: number[] = [];
  for (const pull of await openPulls(github))
    if (
      await changeComment(github, again.stack, pull.number, (parts) => {
        const { verdict } = parts ?? {};
        // Without a verdict nothing is outdated; a preview that runs looks for itself at its end.
        if (parts === undefined || verdict === undefined || verdict.base === again.main)
          return undefined;
        return stale(parts, { from: verdict.base, to: again.main, next: nextOf(pull, again) });
      })
    )
      marked.push(pull.number);
  return marked;
}

/** Sentence that tells how the preview becomes new. */
export function nextOf(pull: PullRequest, again: Again): string {
  return isAutomatic(pull, again)
    ? "It is previewed again after the deploy of main."
    : `Preview it again: \`${previewCommand(pull)}\`.`;
}

/**
 * Starts the previews that are outdated. It runs after main's deploy: earlier, each preview would
 * show main's own steps among those of the pull request.
 * @returns numbers of the pull requests whose preview was started.
 */
export async function previewAll(github: GitHub, again: Again): Promise<readonly number[]> {
  const started: number[] = [];
  for (const pull of await openPulls(github)) {
    const verdict = (await findComment(github, again.stack, pull.number))?.parts.verdict;
    if (verdict === undefined || verdict.base === again.main || !isAutomatic(pull, again)) continue;
    await github.call("POST", "actions/workflows/preview.yml/dispatches", "actions: write", {
      ref: "main",
      inputs: { "pull-request": String(pull.number), commit: pull.head.sha },
    });
    started.push(pull.number);
  }
  return started;
}
