import { GitHub } from "../ci/github.ts";
import { runUrl } from "../ci/job.ts";
import { tellDrift } from "./issue.ts";

/**
 * `node ops/drift/tell.ts STACK`: runs in the job that may write issues. The job holds no secret,
 * and reads the text of the job that looked from the environment.
 */

/** Reads a variable that the workflow sets. */
function given(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new Error(`${name} is not set: .github/workflows/drift.yml sets it.`);
  return value;
}

const repository = given("GITHUB_REPOSITORY");
const github = new GitHub({
  api: given("GITHUB_API_URL"),
  repository,
  token: given("GITHUB_TOKEN"),
});
const text = { count: Number(given("COUNT")), set: given("SET"), body: given("BODY") };
console.log(await tellDrift(github, process.argv[2] ?? "prod", text, runUrl(process.env)));
