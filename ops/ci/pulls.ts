import type { GitHub } from "./github.ts";

/** Questions to GitHub about main and merged pull requests. */

/** A merged pull request: its number, and the commit that was merged. */
export interface Merged {
  readonly number: number;
  readonly head: string;
}

interface Answer {
  readonly number: number;
  readonly merged_at: string | null;
  readonly merge_commit_sha: string | null;
  readonly head: { readonly sha: string };
}

/**
 * The pull request that became this commit of main; undefined for a commit that was pushed
 * @param results commits that are the result of a merge. A rebase puts more commits below it.
 * (https://docs.github.com/en/rest/commits/commits#list-pull-requests-associated-with-a-commit).
 */
export async function mergedPull(
  github: GitHub,
  commit: string,
  results: readonly string[] = [commit],
): Promise<Merged | undefined> {
  const pulls = await github.all<Answer>(`commits/${commit}/pulls`, "pull-requests: read");
  const found = pulls.find(
    // An earlier commit of a merged branch belongs to the same pull request, but is not its result.
    ({ merged_at, merge_commit_sha }) =>
      merged_at !== null && merge_commit_sha !== null && results.includes(merge_commit_sha),
  );
  return found === undefined ? undefined : { number: found.number, head: found.head.sha };
}

/** The commit that main is at now. */
export async function tipOfMain(github: GitHub): Promise<string> {
  const { object } = (await github.call("GET", "git/ref/heads/main", "contents: read")) as {
    readonly object: { readonly sha: string };
  };
  return object.sha;
}
