import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { SandboxResult } from "./sandbox.ts";

/** One HTTP request to a pod. */
export interface HttpRequest {
  readonly method: "GET" | "HEAD" | "OPTIONS" | "POST" | "PUT" | "DELETE";
  /** Sent unchanged, with `..`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The answer. */
export interface HttpAnswer {
  readonly status: number;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), "probe-programs", "http.mjs");
const TIMEOUT_MS = 30_000;

/**
 * Sends requests to a port inside a sandbox's network, one after the other.
 * @throws Error if a connection gets no answer within `patienceMs`.
 */
export async function requestInside(
  pid: number,
  port: number,
  requests: readonly HttpRequest[],
  patienceMs: number,
): Promise<readonly HttpAnswer[]> {
  const network = ["--target", String(pid), "--net"];
  const { exitCode, stdout, stderr } = await nsenter(
    [...network, "--", process.execPath, PROGRAM],
    JSON.stringify({ port, patienceMs, requests }),
  );
  if (exitCode !== 0)
    throw new Error(
      `Port ${port} did not answer: ${/^\w*Error: .*/mu.exec(stderr)?.[0] ?? stderr}`,
    );
  const answers = JSON.parse(stdout) as readonly (Omit<HttpAnswer, "body"> & { body: string })[];
  return answers.map((answer) => ({ ...answer, body: Buffer.from(answer.body, "base64") }));
}

/**
 * Runs a program in a sandbox: in its file system and network, as its user, with its environment.
 */
export async function runInside(
  pid: number,
  user: { readonly uid: number; readonly gid: number },
  program: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<SandboxResult> {
  return await nsenter(
    [
      ...["--target", String(pid), "--mount", "--net", "--", "/usr/bin/setpriv"],
      ...[`--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups", "--no-new-privs"],
      ...["--bounding-set=-all", "--", ...program],
    ],
    "",
    environment,
  );
}

async function nsenter(
  args: readonly string[],
  input = "",
  environment: Readonly<Record<string, string>> = {},
): Promise<SandboxResult> {
  return await new Promise((resolve) => {
    const child = execFile(
      "/usr/bin/nsenter",
      [...args],
      {
        env: { PATH: "/usr/bin:/bin:/usr/sbin", ...environment },
        timeout: TIMEOUT_MS,
        maxBuffer: 16 * 1024 ** 2,
      },
      (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
        resolve({ exitCode, stdout, stderr: stderr || (error?.message ?? "") });
      },
    );
    child.stdin?.on("error", () => undefined); // The program ended before it had read everything.
    child.stdin?.end(input);
  });
}
