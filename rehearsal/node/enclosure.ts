import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isRunning, makeRunDirectory } from "../run-directory.ts";
import {
  makeTree,
  readCgroups,
  removeTree,
  TREE_PREFIX,
  treesOf,
  type Cgroups,
} from "./cgroups.ts";
import { startCaretaker } from "./caretaker.ts";
import { firstProcessOf, namespaceCommand } from "./namespaces.ts";
import { WORLD_FOLDER, worldScript } from "./world-namespace.ts";

/** Facts from the outside for the process inside an enclosure. */
export interface Enclosed<Tools> {
  readonly cgroups: Cgroups;
  readonly tools: Tools;
}

/** Path of these facts inside. */
const WORD = "enclosed.json";
const VARIABLE = "REHEARSAL_ENCLOSED";

/** Milliseconds for the process inside to close everything; then it is killed. */
const CLOSE_MS = 30_000;

/** File with the facts from the outside; undefined if this process is not enclosed. */
export function enclosedFile(): string | undefined {
  return process.env[VARIABLE];
}

/**
 * Runs a command in its own mount, network, process and cgroup namespaces. They are removed when it
 * ends, in any way.
 * @param debian the Debian 13 with the programs that a node runs.
 * @returns the command's status.
 */
export async function enclose(
  command: readonly string[],
  debian: string,
  tools: unknown,
): Promise<number> {
  if (process.getuid?.() !== 0)
    throw new Error(
      "Real nodes need root: they mount file systems and limit processes. Run it as root, for example `sudo npm run rehearse -- node`.",
    );
  const cgroups = await readCgroups();
  await removeDeadTrees(cgroups);
  const folder = await makeRunDirectory();
  const tree = `${TREE_PREFIX}${process.pid}`;
  const caretaker = await startCaretaker({ cgroups, folder, tree });
  try {
    await makeTree(cgroups, tree);
    const inside = cgroupsInside(cgroups);
    await writeFile(join(folder, WORD), JSON.stringify({ cgroups: inside, tools }));
    const script = worldScript({ debian, cgroups, folder }, command);
    const [program = "", ...args] = namespaceCommand({ cgroups, name: tree }, script);
    return await attended(program, args);
  } finally {
    await caretaker.dismiss();
  }
}

/** Removes the groups of runs whose process and caretaker are both gone. */
async function removeDeadTrees(cgroups: Cgroups): Promise<void> {
  for (const pid of await treesOf(cgroups))
    if (!isRunning(pid)) await removeTree(cgroups, `${TREE_PREFIX}${pid}`);
}

/** The hierarchies inside: each namespace's root is the run's own group. */
function cgroupsInside({ version, hierarchies }: Cgroups): Cgroups {
  return {
    version,
    hierarchies: hierarchies.map(({ controllers }) => ({
      controllers,
      folder: join("/sys/fs/cgroup", controllers.replace(/^name=/u, "")),
    })),
  };
}

/** Runs a program on this terminal, forwards signals to it, and returns its status. */
async function attended(program: string, args: readonly string[]): Promise<number> {
  const child = spawn(program, args, {
    stdio: "inherit",
    env: { ...process.env, [VARIABLE]: join(WORLD_FOLDER, WORD) },
  });
  const ended = new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? 1));
  });
  const pass = (signal: NodeJS.Signals): void => {
    setTimeout(() => child.kill("SIGKILL"), CLOSE_MS).unref();
    // The command outside the namespaces ignores signals, so they are sent to their first process.
    void firstProcessOf(child.pid ?? 0).then(
      (pid) => process.kill(pid, signal),
      () => undefined,
    );
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, pass);
  try {
    return await ended;
  } finally {
    for (const signal of signals) process.off(signal, pass);
  }
}
