import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** What each folder of ours below the temporary folder begins with; our process id and a hyphen follow. */
export const RUN_PREFIX = "mastodon-rehearsal-";

/**
 * A folder of this run, under the machine's temporary folder. Its name carries our process id: what an earlier run left
 * behind (a `kill -9`) is told from a running one's and removed here.
 */
export async function makeRunDirectory(): Promise<string> {
  for (const name of await readdir(tmpdir())) {
    const pid = Number(/^mastodon-rehearsal-(\d+)-/u.exec(name)?.[1]);
    if (Number.isInteger(pid) && !isRunning(pid))
      await rm(join(tmpdir(), name), { recursive: true, force: true });
  }
  const directory = await mkdtemp(join(tmpdir(), `${RUN_PREFIX}${process.pid}-`));
  // Passable, not readable: Postgres runs as another user and must reach its own folder in here.
  await chmod(directory, 0o711);
  return directory;
}

/** Whether there is a process of this id. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}
