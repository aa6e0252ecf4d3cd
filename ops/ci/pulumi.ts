import { readFile, writeFile } from "node:fs/promises";
import { fenced } from "../report/markdown.ts";
import { pulumiCli } from "../secrets/pulumi.ts";
import { addSummary, setOutputs } from "./job.ts";
import { judgeRun } from "./lock-holder.ts";
import { endOf } from "./report.ts";
import { accessTo } from "./secrets-provider.ts";

/**
 * `node ops/ci/pulumi.ts recover|preview|up|drift STACK`: one step of a workflow that holds
 * secrets. Pulumi's output goes to the log and to the job's summary. It imports no package that is
 * installed only for development.
 */

const COMMANDS = ["recover", "preview", "up", "drift"] as const;
const [, , given, stack = ""] = process.argv;
const command = COMMANDS.find((each) => each === given) ?? usage();
if (!/^[\w.-]+$/u.test(stack)) usage();

function usage(): never {
  console.error(`Usage: node ops/ci/pulumi.ts ${COMMANDS.join("|")} STACK`);
  process.exit(2);
}

async function run(signal: AbortSignal): Promise<number> {
  const folder = process.env["RUNNER_TEMP"] ?? ".";
  const stackFile = await readFile(`Pulumi.${stack}.yaml`, "utf8");
  const access = await accessTo(stack, stackFile, process.env, folder);
  for (const [file, text] of Object.entries(access.files))
    await writeFile(file, text, { mode: 0o600 });
  if (command === "recover") return await recover(access.environment);
  const environment = { ...process.env, ...access.environment };
  const { preview, update, drift } = await import("./steps.ts");
  const step = { preview, up: update, drift }[command];
  return await step({ stack, stackFile, environment, folder, signal });
}

/**
 * `npm run recover` without an operator. Anything that an operator must decide or check ends the
 * deploy with a message.
 */
async function recover(environment: Readonly<Record<string, string>>): Promise<number> {
  const { runRecover, terminalWorld } = await import("../recover/command.ts");
  let text = "";
  const well = await runRecover(["--yes", "--stack", stack], {
    ...terminalWorld(() => Promise.resolve(undefined)),
    say: (line) => {
      text += `${line}\n`;
      console.log(line);
    },
    pulumi: (cwd) => pulumiCli({ cwd, env: environment }),
    judge: (lock) => judgeRun(lock, process.env),
  });
  await told(text, well);
  return well ? 0 : 1;
}

/** Longest text of a step in the pull request's comment, bytes. */
const COMMENT_BYTES = 4_000;

/** Text of a step in the summary; in the comment only if it ended the deploy. */
async function told(text: string, well: boolean): Promise<void> {
  await addSummary(process.env, `## pulumi ${command}\n\n${fenced(endOf(text))}`);
  if (well) return;
  const result = `> 🛑 **Not deployed**: it stopped at \`${command}\`.\n\n${fenced(endOf(text, COMMENT_BYTES))}`;
  await setOutputs(process.env, { result });
}

const cancelled = new AbortController();
// GitHub sends SIGINT, then SIGTERM after 7.5 s. Neither may end this process before Pulumi ends.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => cancelled.abort());
try {
  process.exitCode = await run(cancelled.signal);
} catch (error) {
  const sentence = error instanceof Error ? error.message : String(error);
  console.error(sentence);
  await told(sentence, false);
  process.exitCode = 1;
}
