import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { removeTree, type Cgroups } from "./cgroups.ts";

/** Left-overs of a run on the machine after its processes are gone. */
export interface Remains {
  readonly cgroups: Cgroups;
  /** The folder of the run. */
  readonly folder: string;
  /** Name of its cgroup in each hierarchy. */
  readonly tree: string;
}

/** A process that cleans up after this one, also after a `kill -9`. */
export interface Caretaker {
  /** Lets it clean up; resolves when it has. @throws Error if something could not be removed. */
  dismiss(): Promise<void>;
}

/**
 * Starts a process that waits until its standard input closes, and then removes what is left. The
 * kernel closes it if this process dies. It has a session of its own, so a Ctrl-C doesn't reach it.
 */
export async function startCaretaker(remains: Remains): Promise<Caretaker> {
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url)], {
    detached: true,
    stdio: ["pipe", "ignore", "inherit"],
  });
  await once(child, "spawn");
  child.stdin.write(`${JSON.stringify(remains)}\n`);
  const exit = once(child, "exit") as Promise<[number | null]>;
  return {
    async dismiss() {
      child.stdin.end();
      const [status] = await exit;
      if (status !== 0) throw new Error("What the run left could not all be removed; see above.");
    },
  };
}

async function attend(): Promise<void> {
  let said = "";
  for await (const chunk of process.stdin) said += String(chunk);
  const { cgroups, folder, tree } = JSON.parse(said) as Remains;
  await removeTree(cgroups, tree);
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await attend();
