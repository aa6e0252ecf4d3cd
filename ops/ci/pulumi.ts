import { randomUUID } from "node:crypto";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { UPDATE_MINUTES } from "../../config/update-time.ts";
import { pulumiCli } from "../secrets/pulumi.ts";
import { judgeRun } from "./lock-holder.ts";
import { afterFailure, endOf, fenced } from "./report.ts";
import { argumentsOf, runPulumi } from "./run-pulumi.ts";
import { accessTo } from "./secrets-provider.ts";

/**
 * `node ops/ci/pulumi.ts recover|preview|up STACK`: one step of a workflow that holds secrets.
 * Pulumi's output goes to the log, to the job's summary, and to the step's output `report`. It
 * imports no package that is installed only for development.
 */

const COMMANDS = ["recover", "preview", "up"] as const;
const [, , given, stack = ""] = process.argv;
const command = COMMANDS.find((each) => each === given) ?? usage();
if (!/^[\w.-]+$/u.test(stack)) usage();

function usage(): never {
  console.error(`Usage: node ops/ci/pulumi.ts ${COMMANDS.join("|")} STACK`);
  process.exit(2);
}

/**
 * Appends to one of the files that GitHub reads after a step. Outside GitHub there is no such file.
 */
async function tell(variable: string, text: string): Promise<void> {
  const file = process.env[variable];
  if (file !== undefined && file !== "") await appendFile(file, text);
}

async function run(signal: AbortSignal): Promise<number> {
  const folder = process.env["RUNNER_TEMP"] ?? ".";
  const stackFile = await readFile(`Pulumi.${stack}.yaml`, "utf8");
  const access = await accessTo(stack, stackFile, process.env, folder);
  for (const [file, text] of Object.entries(access.files))
    await writeFile(file, text, { mode: 0o600 });
  if (command === "recover") return await recover(access.environment);
  const { status, text } = await runPulumi(argumentsOf(command, stack), {
    environment: { ...process.env, ...access.environment },
    limitMilliseconds: UPDATE_MINUTES * 60_000,
    say: (piece) => process.stdout.write(piece),
    signal,
  });
  const next = command === "up" && status !== 0 ? afterFailure(stack) : "";
  process.stdout.write(next);
  await report(text + next);
  return status;
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
  await report(text);
  return well ? 0 : 1;
}

async function report(text: string): Promise<void> {
  const end = endOf(text);
  await tell("GITHUB_STEP_SUMMARY", `## pulumi ${command}\n\n${fenced(end)}\n`);
  // Random, so that no text of Pulumi's can end the value early.
  const delimiter = randomUUID();
  await tell("GITHUB_OUTPUT", `report<<${delimiter}\n${end}\n${delimiter}\n`);
}

const cancelled = new AbortController();
// GitHub sends SIGINT, then SIGTERM after 7.5 s. Neither may end this process before Pulumi ends.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => cancelled.abort());
try {
  process.exitCode = await run(cancelled.signal);
} catch (error) {
  const sentence = error instanceof Error ? error.message : String(error);
  console.error(sentence);
  await report(sentence);
  process.exitCode = 1;
}
