import { GitHub } from "../ci/github.ts";
import { given, repositoryOf, runUrl } from "../ci/job.ts";
import { tellDrift } from "./issue.ts";

/**
 * `node ops/drift/tell.ts STACK`: runs in the job that may write issues. The job holds no secret,
 * and reads the text of the job that looked from the environment.
 */

const of = (name: string): string => given(process.env, name, "drift");
const github = new GitHub(repositoryOf(process.env, "drift"));
const text = { count: Number(of("COUNT")), set: of("SET"), body: of("BODY") };
console.log(await tellDrift(github, process.argv[2] ?? "prod", text, runUrl(process.env)));
