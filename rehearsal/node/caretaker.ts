import { spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { removeTree, type Cgroups } from "./cgroups.ts";

/** Things that a run leaves on the machine when its processes are gone. */
export interface Remains {
  readonly cgroups: Cgroups;
  /** The folder of the run. */
  readonly folder: string;
  /** Its group in each hierarchy. */
  readonly tree: string;
}

/** A process that tidies up after us, also after a `kill -9`. */
export interface Caretaker {
  /** Lets it tidy up; resolves when it has. @throws Error if something could not be removed. */
  dismiss(): Promise<void>;
}

/**
 * Starts a process that waits until our end of its standard input closes, which the kernel does for
 * us too, and then removes what is left. In a session of its own: a Ctrl-C doesn't reach it.
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
