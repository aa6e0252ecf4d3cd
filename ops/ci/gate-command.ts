import { readFile } from "node:fs/promises";
import { stoppedText } from "./aftermath-text.ts";
import { decide, previewFile, type OwnPreview } from "./gate.ts";
import { GitHub } from "./github.ts";
import { addSummary, given, repositoryOf, runUrl, setOutputs } from "./job.ts";
import { tipOfMain } from "./pulls.ts";
import { chainOf, sinceLastDeploy } from "./since.ts";

/**
 * `node ops/ci/gate-command.ts STACK`: the step between a deploy's preview and its update. It exits
 * with 1 if the preview is not what was reviewed.
 */

const [, , stack = ""] = process.argv;
const commit = given(process.env, "GITHUB_SHA", "deploy");
const github = new GitHub(repositoryOf(process.env, "deploy"));

const since = await sinceLastDeploy(github, stack, await chainOf(commit, process.cwd()));
const file = previewFile(given(process.env, "RUNNER_TEMP", "deploy"));
const {
  stop,
  says,
  steps = [],
} = decide({
  stack,
  preview: JSON.parse(await readFile(file, "utf8")) as OwnPreview,
  commit,
  main: await tipOfMain(github),
  accepted: process.env["ACCEPTED"] ?? "",
  since,
});
const list = steps.map((step) => `- ${step}`);
console.log([says, ...list].join("\n"));
const sign = stop === undefined ? "✅" : "🛑";
await addSummary(process.env, ["## Gate", "", `${sign} ${says}`, "", ...list].join("\n"));
// The pull requests that this deploy takes along; its own one is found by its commit.
const numbers = since.commits.flatMap(({ pull }) => pull?.number ?? []);
const others = [...new Set(numbers)].filter((number) => number !== since.commits[0]?.pull?.number);
if (stop !== undefined) {
  const result = stoppedText(says, { commit, url: runUrl(process.env) }, steps);
  await setOutputs(process.env, { result });
  process.exitCode = 1;
} else if (others.length > 0) await setOutputs(process.env, { together: others.join(" ") });
