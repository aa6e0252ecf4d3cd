import { readFile } from "node:fs/promises";
import { stoppedText } from "./aftermath-text.ts";
import { findComment } from "./comment.ts";
import { decide, previewFile, type OwnPreview, type Reviewed } from "./gate.ts";
import { GitHub } from "./github.ts";
import { addSummary, given, repositoryOf, runUrl, setOutputs } from "./job.ts";
import { mergedPull, tipOfMain } from "./pulls.ts";

/**
 * `node ops/ci/gate-command.ts STACK`: the step between a deploy's preview and its update. It exits
 * with 1 if the preview is not what was reviewed.
 */

const [, , stack = ""] = process.argv;
const commit = given(process.env, "GITHUB_SHA", "deploy");
const github = new GitHub(repositoryOf(process.env, "deploy"));

/** The merged pull request, and the verdict in its comment. */
async function reviewed(): Promise<Reviewed | undefined> {
  const pull = await mergedPull(github, commit);
  if (pull === undefined) return undefined;
  const verdict = (await findComment(github, stack, pull.number))?.parts.verdict;
  return verdict === undefined ? pull : { ...pull, verdict };
}

const pull = await reviewed();
const file = previewFile(given(process.env, "RUNNER_TEMP", "deploy"));
const { stop, says } = decide({
  preview: JSON.parse(await readFile(file, "utf8")) as OwnPreview,
  commit,
  main: await tipOfMain(github),
  accepted: process.env["ACCEPTED"] ?? "",
  ...(pull === undefined ? {} : { reviewed: pull }),
});
console.log(says);
await addSummary(process.env, `## Gate\n\n${stop === undefined ? "✅" : "🛑"} ${says}`);
if (stop !== undefined) {
  await setOutputs(process.env, {
    result: stoppedText(says, { commit, url: runUrl(process.env) }),
  });
  process.exitCode = 1;
}
