import { randomUUID } from "node:crypto";
import { appendFile } from "node:fs/promises";
import type { Repository } from "./github.ts";

/** A job of GitHub's: its variables and the files that GitHub reads after each step. */

/** Environment variables of a job. */
export type JobEnvironment = Readonly<Record<string, string | undefined>>;

/**
 * A variable that GitHub or the workflow sets.
 * @param workflow name of its file, for the message.
 * @throws Error that names both.
 */
export function given(environment: JobEnvironment, name: string, workflow: string): string {
  const value = environment[name];
  if (value === undefined || value === "")
    throw new Error(`${name} is not set: .github/workflows/${workflow}.yml sets it.`);
  return value;
}

/** The repository of a job, with its own token. */
export function repositoryOf(environment: JobEnvironment, workflow: string): Repository {
  const of = (name: string): string => given(environment, name, workflow);
  return {
    api: of("GITHUB_API_URL"),
    repository: of("GITHUB_REPOSITORY"),
    token: of("GITHUB_TOKEN"),
  };
}

/** Sets outputs of this step. Outside GitHub nothing reads them. */
export async function setOutputs(
  environment: JobEnvironment,
  outputs: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, text] of Object.entries(outputs)) {
    // Random, so that no text of Pulumi's can end the value early.
    const delimiter = randomUUID();
    await append(environment["GITHUB_OUTPUT"], `${name}<<${delimiter}\n${text}\n${delimiter}\n`);
  }
}

/** Longest summary of a step, bytes. GitHub allows 1 MiB, and shows none of a longer one. */
const SUMMARY_BYTES = 1_000_000;

/** Adds Markdown to the job's summary, or its beginning if it is too long. */
export async function addSummary(environment: JobEnvironment, text: string): Promise<void> {
  const bytes = Buffer.from(`${text}\n\n`);
  await append(environment["GITHUB_STEP_SUMMARY"], bytes.subarray(0, SUMMARY_BYTES).toString());
}

async function append(file: string | undefined, text: string): Promise<void> {
  if (file !== undefined && file !== "") await appendFile(file, text);
}

/** Address of this run. */
export function runUrl(environment: JobEnvironment): string {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_RUN_ID } = environment;
  return `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}/actions/runs/${GITHUB_RUN_ID}`;
}
