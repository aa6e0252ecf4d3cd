import type { Holder, Lock } from "../recover/lock.ts";

/**
 * Asks GitHub whether the holder of a lock has ended. `deploy.yml` names its machine after its run,
 * and a lock contains its holder's host name. Only a completed run has ended, because GitHub then
 * removes its machine. Any other lock belongs to an operator, and only they know.
 */

/** Environment variables of a job that this file needs for GitHub's API. */
export type RunEnvironment = Readonly<
  Partial<
    Record<
      "GITHUB_API_URL" | "GITHUB_SERVER_URL" | "GITHUB_REPOSITORY" | "GITHUB_TOKEN",
      string | undefined
    >
  >
>;

/** Host name of a deploy's machine: the run and its attempt. */
const HOST = /^run-(?<run>\d+)-(?<attempt>\d+)$/u;

/**
 * Decides from its run whether the holder of a lock has ended
 * (https://docs.github.com/en/rest/actions/workflow-runs#get-a-workflow-run-attempt).
 */
export async function judgeRun(
  { host }: Lock,
  environment: RunEnvironment,
  ask: typeof fetch = fetch,
): Promise<Holder> {
  const { run, attempt } = HOST.exec(host)?.groups ?? {};
  if (run === undefined || attempt === undefined)
    return { ended: false, words: "That is no run of this workflow." };
  const { GITHUB_API_URL, GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_TOKEN } = environment;
  const path = `actions/runs/${run}/attempts/${attempt}`;
  const page = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/${path}`;
  const answer = await ask(`${GITHUB_API_URL}/repos/${GITHUB_REPOSITORY}/${path}`, {
    headers: { authorization: `Bearer ${GITHUB_TOKEN}`, accept: "application/vnd.github+json" },
  });
  if (!answer.ok)
    return {
      ended: false,
      words: `GitHub answered ${answer.status} about ${page}, so it is not known whether that has ended. The job needs \`actions: read\`.`,
    };
  const { status } = (await answer.json()) as { readonly status?: string };
  return status === "completed"
    ? { ended: true, words: `That run has ended: ${page}.` }
    : { ended: false, words: `That run is ${status ?? "not known"}: ${page}.` };
}
