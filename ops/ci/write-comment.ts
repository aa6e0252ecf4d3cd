import { writeComment, type Outcome } from "./comment.ts";

/**
 * `node ops/ci/write-comment.ts STACK`: the job that may write to pull requests. It runs the base
 * branch's code, holds no other right, and takes what it shows from its environment.
 */

/** A variable that the workflow sets. */
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
