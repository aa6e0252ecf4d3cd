import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { clock } from "../build/go-program.ts";
import type { Progress } from "../progress.ts";

/** Timeout for the installer's host, in ms. Without internet the build begins after it. */
const REACH_MS = 3_000;
/** Timeout for the download of about 100 MB, in ms. On a slower line the build is faster. */
const INSTALL_MS = 180_000;

/**
 * Installs the CLI into `root` with the SDK's own installer (`PulumiCommand.install`). Never
 * throws, and ends within {@link INSTALL_MS}.
 * @returns undefined on success, else the reason in a few words.
 */
export async function installEngine(
  root: string,
  version: string,
  progress: Progress,
): Promise<string | undefined> {
  progress("asking get.pulumi.com for the CLI");
  try {
    await fetch("https://get.pulumi.com/", {
      method: "HEAD",
      redirect: "manual",
      signal: AbortSignal.timeout(REACH_MS),
    });
  } catch (error) {
    const cause = (error as Error).cause;
    const why = cause instanceof Error ? cause : (error as Error);
    return `get.pulumi.com can't be reached: ${why.message}`;
  }
  await mkdir(dirname(root), { recursive: true });
  const partial = await mkdtemp(`${root}.partial-`);
  try {
    const failure = await runInstaller(partial, version, progress);
    if (failure !== undefined) return failure;
    await rm(root, { recursive: true, force: true });
    await rename(partial, root);
    return undefined;
  } catch (error) {
    return (error as Error).message;
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/**
 * The installer in its own process group: the SDK's can't be stopped and waits for its downloads.
 */
async function runInstaller(
  root: string,
  version: string,
  progress: Progress,
): Promise<string | undefined> {
  // Without a version the installer takes the SDK's own, which is the pinned one.
  const script = `
    const { PulumiCommand } = require("@pulumi/pulumi/automation");
    PulumiCommand.install({ root: process.argv[1] }).catch((error) => { console.error(error.message); process.exit(1); });`;
  const child = spawn(process.execPath, ["--input-type=commonjs", "-e", script, root], {
    cwd: import.meta.dirname,
    detached: true,
    stdio: ["ignore", "ignore", "pipe"],
  });
  const started = performance.now();
  let complaint = "";
  child.stderr.on(
    "data",
    (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-500)),
  );
  const ticker = setInterval(
    () => progress(`installing pulumi ${version}, ${clock((performance.now() - started) / 1000)}`),
    1_000,
  );
  let late = false;
  const stop = () => {
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
  };
  const deadline = setTimeout(() => {
    late = true;
    stop();
  }, INSTALL_MS);
  process.once("exit", stop);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    if (late) return `no CLI after ${INSTALL_MS / 1000} s`;
    return status === 0
      ? undefined
      : complaint.trim() || `the installer ended with status ${status}`;
  } finally {
    clearInterval(ticker);
    clearTimeout(deadline);
    process.removeListener("exit", stop);
  }
}
