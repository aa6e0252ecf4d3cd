import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Prefix of each rehearsal folder in the temporary folder. The process id and a hyphen follow. */
export const RUN_PREFIX = "mastodon-rehearsal-";

/**
 * Creates a folder for this run in the machine's temporary folder. Its name contains the process
 * id, so that folders that an earlier run left (after a `kill -9`) can be told from a running
 * one's. This removes them.
 */
export async function makeRunDirectory(): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(/^mastodon-rehearsal-(\d+)-/u.exec(name)?.[1]);
    if (Number.isInteger(pid) && !isRunning(pid))
      await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
  const directory = await mkdtemp(join(tmpdir(), `${RUN_PREFIX}${process.pid}-`));
  // Other users may pass through it but not list it: Postgres runs as another user and must reach
  // its own folder in it.
  await chmod(directory, 0o711);
  return directory;
}

/** Whether a process with this id exists. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
