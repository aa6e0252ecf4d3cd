import { changeComment } from "./comment.ts";
import { GitHub } from "./github.ts";
import { given, repositoryOf, runUrl, type JobEnvironment } from "./job.ts";
import { deployed, ended, short, stale, waiting, type Outcome, type Run } from "./moments.ts";
import { mergedPull, tipOfMain } from "./pulls.ts";
import { markAll, nextOf, previewAll, type Again, type PullRequest } from "./stale.ts";

/** Writes into pull requests what a workflow passes in environment variables. */

/** The moments at which a workflow writes, by the name that it uses. */
export const MOMENTS = ["waiting", "ended", "deployed", "stale", "again"] as const;

/** The workflow whose job this runs in. */
const WORKFLOW = "comment";

/** One job: its client and its variables. */
interface Job {
  readonly github: GitHub;
  readonly stack: string;
  /** Address of this run. */
  readonly url: string;
  /** A variable that the workflow always sets. */
  readonly given: (name: string) => string;
  /** A text of another job; "" if that left none. */
  readonly handed: (name: string) => string;
}

/**
 * Writes at one moment.
 * @param pauseMilliseconds wait before a failed request is tried again.
 * @returns one line for the log.
 * @throws Error that names the missing variable, or the permission that GitHub refused.
 */
export async function writeMoment(
  moment: (typeof MOMENTS)[number],
  stack: string,
  environment: JobEnvironment,
  pauseMilliseconds?: number,
): Promise<string> {
  const github = new GitHub(repositoryOf(environment, WORKFLOW), pauseMilliseconds);
  return await WRITERS[moment]({
    ...{ github, stack, url: runUrl(environment) },
    given: (name) => given(environment, name, WORKFLOW),
    handed: (name) => environment[name] ?? "",
  });
}

const WRITERS = {
  waiting: async (job) => {
    const { github, stack, given } = job;
    const run = await runOf(job);
    const number = Number(given("PULL_REQUEST"));
    await changeComment(github, stack, number, (parts) => waiting(parts, run));
    return `#${number} waits for its preview.`;
  },
  ended: async (job) => {
    const { github, stack, given, handed } = job;
    const run = await runOf(job);
    const number = Number(given("PULL_REQUEST"));
    const texts = {
      report: handed("REPORT"),
      level: handed("LEVEL"),
      steps: handed("STEPS"),
      each: handed("EACH"),
    };
    const main = await tipOfMain(github);
    const pull = await github.call("GET", `pulls/${number}`, "pull-requests: write");
    await changeComment(github, stack, number, (parts) => {
      const now = ended(parts, run, given("OUTCOME") as Outcome, texts);
      // Main has moved while the preview ran, so nothing would mark it later.
      if (now.verdict?.head !== run.head || run.base === main) return now;
      const next = nextOf(pull as PullRequest, againOf(job, main));
      return stale(now, { from: run.base, to: main, next });
    });
    return `#${number} has the result of its preview.`;
  },
  deployed: async (job) => {
    const { github, stack, given, handed } = job;
    const pull = await mergedPull(github, given("GITHUB_SHA"));
    const text = handed("REPORT") || unreported(job);
    if (pull !== undefined)
      await changeComment(github, stack, pull.number, (parts) => deployed(parts, text));
    const others = (handed("TOGETHER").match(/\d+/gu) ?? []).map(Number);
    const line = together(job, pull?.number);
    for (const number of others)
      await changeComment(github, stack, number, (parts) => parts && deployed(parts, line));
    const told = [...(pull === undefined ? [] : [pull.number]), ...others];
    return told.length === 0
      ? "No pull request was merged as this commit: no comment."
      : `${told.map((number) => `#${number}`).join(", ")}: the result of the deploy is there.`;
  },
  stale: async (job) => {
    const marked = await markAll(job.github, againOf(job, job.given("GITHUB_SHA")));
    return `Marked: ${marked.join(", ") || "none"}.`;
  },
  again: async (job) => {
    const main = await tipOfMain(job.github);
    if (main !== job.given("GITHUB_SHA")) return "Main has moved on: its own deploy starts them.";
    const started = await previewAll(job.github, againOf(job, main));
    return `Started: ${started.join(", ") || "none"}.`;
  },
} satisfies Record<(typeof MOMENTS)[number], (job: Job) => Promise<string>>;

function againOf({ stack, given, handed }: Job, main: string): Again {
  const repository = given("GITHUB_REPOSITORY");
  return { stack, repository, main, byHand: handed("PREVIEW") === "by hand" };
}

/**
 * The preview of this run. GitHub's commit of a pull request is the merge of main and the pull
 * request, main first. A preview that a person started runs on main's own commit.
 */
async function runOf({ github, url, given }: Job): Promise<Run> {
  const head = given("COMMIT");
  const commit = given("GITHUB_SHA");
  if (given("GITHUB_EVENT_NAME") !== "pull_request") return { head, base: commit, url };
  const { parents } = (await github.call("GET", `git/commits/${commit}`, "contents: read")) as {
    readonly parents: readonly { readonly sha: string }[];
  };
  return { head, base: parents[0]?.sha ?? commit, url };
}

/**
 * The result of a deploy in the comment of a pull request that was merged before, and never
 * deployed on its own. Its comment would otherwise end with the deploy that was given up.
 */
function together({ url, given }: Job, number: number | undefined): string {
  const commit = short(given("GITHUB_SHA"));
  const other = number === undefined ? "" : ` with #${number}`;
  return given("OUTCOME") === "success"
    ? `> ✅ **Deployed**${other} as ${commit}: [the run](${url}).`
    : `> 🛑 **Not deployed, or not to its end**${other} as ${commit}: [the run](${url}).`;
}

/** The result of a deploy whose job left no report. */
function unreported({ url, given }: Job): string {
  const [commit, outcome] = [short(given("GITHUB_SHA")), given("OUTCOME")];
  if (outcome === "cancelled" || outcome === "skipped")
    return `> ⚪ Not deployed: the deploy of ${commit} was ${outcome}. A newer commit of main contains it, or its check failed: [the run](${url}).`;
  if (outcome === "success") return `> ✅ Deployed ${commit}: [the run](${url}).`;
  return `> 🛑 Not deployed, or not to its end: the job of ${commit} left no report: [the run](${url}).`;
}
