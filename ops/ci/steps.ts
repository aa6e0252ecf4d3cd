import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { UPDATE_MINUTES } from "../../config/update-time.ts";
import { readConfig, valuesOf } from "../../input/stack-text.ts";
import { driftOf } from "../drift/differences.ts";
import { driftText } from "../drift/issue-text.ts";
import { refreshedIn } from "../drift/refreshed.ts";
import { commentOf } from "../report/comment.ts";
import { readEngineLog } from "../report/engine-log.ts";
import { fenced } from "../report/markdown.ts";
import { pageOf } from "../report/page.ts";
import { marksOf } from "../report/step-marks.ts";
import { stackTextOf } from "../stack-file/texts.ts";
import { messageArguments } from "../unlock/message.ts";
import { aftermathOf } from "./aftermath.ts";
import { aftermathText, stoppedText } from "./aftermath-text.ts";
import { addSummary, runUrl, setOutputs, type JobEnvironment } from "./job.ts";
import { afterFailure, endOf } from "./report.ts";
import { previewFile } from "./gate.ts";
import { reviewOf } from "./review.ts";
import { argumentsOf, runPulumi, type Ended, type PulumiCommand } from "./run-pulumi.ts";

/** The steps of a workflow that run Pulumi: preview, update and the look for drift. */

/** One step. */
export interface StepContext {
  readonly stack: string;
  /** Content of the stack file. */
  readonly stackFile: string;
  /** The job's variables, with the access to the stack's secrets. */
  readonly environment: JobEnvironment;
  /** Folder that only this job can read. */
  readonly folder: string;
  readonly signal: AbortSignal;
}

/** Bytes of Pulumi's own output in the summary, beside the report. */
const OUTPUT_BYTES = 800_000;

/** Previews, and reports: comment and level as outputs, the page as a file, the rest as summary. */
export async function preview(step: StepContext): Promise<number> {
  const { stack, stackFile, environment, folder, signal } = step;
  const { ended, log } = await run(step, "preview", ["--refresh"]);
  const { before, base } = await baseOf(stack, environment["BASE"]);
  const head = environment["COMMIT"] ?? "";
  const url = runUrl(environment);
  const { report, own } = reviewOf({
    stack,
    after: stackFile,
    ...(before === undefined ? {} : { before }),
    ...(log === undefined ? {} : { log }),
    status: ended.status,
    cancelled: signal.aborted,
    printed: ended.text,
    ...(head === "" ? {} : { head }),
    ...(base === undefined ? {} : { base }),
    at: new Date(),
    url,
  });
  const comment = commentOf(report);
  await writeFile(previewFile(folder), JSON.stringify(own));
  const complete = `${withoutMarkers(comment)}\n\n<details><summary>Pulumi's own output</summary>\n\n${fenced(endOf(ended.text, OUTPUT_BYTES))}\n\n</details>`;
  await writeFile(join(folder, "preview.html"), pageOf(report));
  await addSummary(environment, complete);
  await setOutputs(environment, {
    report: comment,
    level: String(own.level),
    steps: own.steps,
    each: marksOf(own.changes) ?? "",
    ...(own.refused ? { result: stoppedText(`${own.reason}.`, { commit: head, url }) } : {}),
  });
  return own.refused ? 1 : ended.status;
}

/** The lines of a comment that only a machine reads. */
const withoutMarkers = (comment: string): string => comment.replace(/^(?:<!--.*-->\n)+/u, "");

/** Updates, and reports what happened. */
export async function update(step: StepContext): Promise<number> {
  const { stack, stackFile, environment } = step;
  const config = readConfig(stackTextOf(stackFile, `Pulumi.${stack}.yaml`));
  const { ended, log = [] } = await run(step, "up", ["--refresh"], messageArguments(config));
  const { status, text } = ended;
  const next = status === 0 ? "" : afterFailure(stack);
  process.stdout.write(next);
  const commit = environment["GITHUB_SHA"] ?? "";
  const deploy = { stack, commit, url: runUrl(environment), status };
  const result = aftermathText(aftermathOf(log), deploy);
  await addSummary(environment, `${result}\n\n${fenced(endOf(text + next, OUTPUT_BYTES))}`);
  await setOutputs(environment, { result });
  return status;
}

/**
 * Looks for differences between the program and what runs. The second preview, without a refresh,
 * has the changes of the program that wait for a deploy.
 */
export async function drift(step: StepContext): Promise<number> {
  const { stack, stackFile, environment } = step;
  const text = stackTextOf(stackFile, `Pulumi.${stack}.yaml`);
  const plain = await run(step, "preview", []);
  const refreshed = await run(step, "preview", ["--refresh"]);
  if (plain.ended.status !== 0 || refreshed.log === undefined) return plain.ended.status || 1;
  const found = driftOf({
    refreshed: readEngineLog(refreshed.log),
    found: refreshedIn(refreshed.log),
    plain: readEngineLog(plain.log ?? []),
    configured: { raw: valuesOf(text.texts), config: readConfig(text) },
  });
  // It failed at no resource: a token, a cloud or the program, and no difference.
  if (refreshed.ended.status !== 0 && !found.some(({ what }) => what === "failed")) return 1;
  const { count, set, body } = driftText(found, stack);
  await addSummary(environment, body);
  await setOutputs(environment, { count: String(count), set, body });
  return 0;
}

async function run(
  { stack, environment, folder, signal }: StepContext,
  command: PulumiCommand,
  options: readonly string[],
  message: readonly string[] = [],
): Promise<{ readonly ended: Ended; readonly log?: readonly string[] }> {
  const events = join(folder, `events-${command}${options.join("")}.jsonl`);
  // The hidden option that the Automation API uses (`sdk/nodejs/automation/stack.ts`, 3.259.0).
  const all = [...options, ...message, "--event-log", events];
  const ended = await runPulumi(argumentsOf(command, stack, all), {
    environment,
    limitMilliseconds: UPDATE_MINUTES * 60_000,
    say: (piece) => process.stdout.write(piece),
    signal,
  });
  const log = await readFile(events, "utf8").catch(() => undefined);
  return log === undefined ? { ended } : { ended, log: log.split("\n") };
}

/** The base commit and its stack file; nothing if the checkout has no such commit. */
async function baseOf(
  stack: string,
  commit: string | undefined,
): Promise<{ readonly base?: string; readonly before?: string }> {
  if (commit === undefined || commit === "") return {};
  const git = async (...args: string[]): Promise<string | undefined> =>
    await promisify(execFile)("git", args, { maxBuffer: 10_000_000 }).then(
      ({ stdout }) => stdout,
      () => undefined,
    );
  const base = (await git("rev-parse", "--verify", `${commit}^{commit}`))?.trim();
  if (base === undefined) return {};
  const before = await git("show", `${base}:Pulumi.${stack}.yaml`);
  return { base, ...(before === undefined ? {} : { before }) };
}
