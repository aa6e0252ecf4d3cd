import { writeComment, type Outcome } from "./comment.ts";

/**
 * `node ops/ci/write-comment.ts STACK`: runs in the job that may write to pull requests. The job
 * runs the base branch's code, has no other permission, and reads its text from the environment.
 */

/** Reads a variable that the workflow sets. */
function given(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new Error(`${name} is not set: .github/workflows/preview.yml sets it.`);
  return value;
}

const repository = given("GITHUB_REPOSITORY");
await writeComment(
  {
    api: given("GITHUB_API_URL"),
    repository,
    pullRequest: Number(given("PULL_REQUEST")),
    token: given("GITHUB_TOKEN"),
  },
  {
    stack: process.argv[2] ?? "prod",
    outcome: given("OUTCOME") as Outcome,
    commit: given("COMMIT"),
    run: `${given("GITHUB_SERVER_URL")}/${repository}/actions/runs/${given("GITHUB_RUN_ID")}`,
    report: process.env["REPORT"] ?? "",
  },
);
