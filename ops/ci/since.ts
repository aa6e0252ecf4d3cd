import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { findComment } from "./comment.ts";
import type { GitHub } from "./github.ts";
import type { MainCommit, Reviewed, Since } from "./landed.ts";
import { mergedPull } from "./pulls.ts";

/** Asks GitHub for the commits since the last deploy that succeeded. */

/**
 * Most commits of main that are looked at, with two requests each. If the last deploy is not among
 * them, only the newest one's pull request counts, and the steps of the others stop the deploy.
 * `deploy.yml` checks out at least as many.
 */
export const MOST_COMMITS = 30;

/**
 * Commits of main up to this one, the newest first, without those of merged branches.
 * @param cwd folder of the repository.
 * @throws Error of git if the commit is not there.
 */
export async function chainOf(commit: string, cwd: string): Promise<readonly string[]> {
  const args = ["rev-list", "--first-parent", `--max-count=${MOST_COMMITS + 1}`, commit];
  const { stdout } = await promisify(execFile)("git", args, { cwd });
  return stdout.trim().split("\n");
}

/**
 * The commits since the last deploy, with their pull requests and verdicts.
 * @param chain of {@link chainOf}. Its first one is deployed now.
 */
export async function sinceLastDeploy(
  github: GitHub,
  stack: string,
  chain: readonly string[],
): Promise<Since> {
  const deployed = await lastDeployed(github, chain);
  const at = deployed === undefined ? 1 : Math.max(1, chain.indexOf(deployed));
  const range = chain.slice(0, at);
  const pulls = new Map<number, Reviewed>();
  const commits: MainCommit[] = [];
  for (const commit of range) {
    const merged = await mergedPull(github, commit, range);
    if (merged === undefined) {
      commits.push({ commit });
      continue;
    }
    const { number } = merged;
    // A rebase makes several commits of one pull request.
    const pull = pulls.get(number) ?? {
      ...merged,
      ...verdictOf(await findComment(github, stack, number)),
    };
    pulls.set(number, pull);
    commits.push({ commit, pull });
  }
  return { ...(deployed === undefined ? {} : { deployed }), commits };
}

function verdictOf(comment: Awaited<ReturnType<typeof findComment>>): Pick<Reviewed, "verdict"> {
  const verdict = comment?.parts.verdict;
  return verdict === undefined ? {} : { verdict };
}

/**
 * The newest commit of the chain whose deploy succeeded. GitHub's own record of runs has it, and
 * the job may read that already. A run succeeds only if its update did. A run that updated and
 * could not write its comment counts as failed. Then more pull requests count than need to, and a
 * step that nobody reviewed still stops the deploy.
 * (https://docs.github.com/en/rest/actions/workflow-runs#list-workflow-runs-for-a-workflow)
 */
async function lastDeployed(github: GitHub, chain: readonly string[]): Promise<string | undefined> {
  const { workflow_runs } = (await github.call(
    "GET",
    "actions/workflows/deploy.yml/runs?branch=main&status=success&per_page=30",
    "actions: read",
  )) as { readonly workflow_runs: readonly { head_sha: string; conclusion: string | null }[] };
  const done = new Set(
    workflow_runs
      .filter(({ conclusion }) => conclusion === "success")
      .map(({ head_sha }) => head_sha),
  );
  return chain.find((commit) => done.has(commit));
}
