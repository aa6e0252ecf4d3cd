import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { joinLines, settleLines, type Cgroups } from "./cgroups.ts";

/** A group of a run in whose namespaces a program starts. */
export interface Group {
  readonly cgroups: Cgroups;
  readonly name: string;
}

/** Separate namespaces of a world and a node, in addition to that of cgroups (unshare(1)). */
const OWN = ["--mount", "--net", "--pid", "--uts", "--ipc"] as const;

/**
 * The command that runs a shell script as the first process of new namespaces. All processes in
 * them end with it, and it ends with this process, also after `kill -9` (pid_namespaces(7),
 * prctl(2) PR_SET_PDEATHSIG).
 * @param group the cgroup that is the root inside; undefined leaves cgroups unchanged.
 */
export function namespaceCommand(group: Group | undefined, script: string): readonly string[] {
  const unshare = ["unshare", ...OWN, "--fork", "--kill-child", "--mount-proc", "--"];
  const inside = [...unshare, "sh", "-e", "-c", script];
  const leash = ["setpriv", "--pdeathsig=KILL", "--"];
  if (group === undefined) return [...leash, ...inside];
  const { cgroups, name } = group;
  // The namespace's root is the group of the process that creates it.
  const settle = [...settleLines(cgroups, name), 'exec "$@"'].join("\n");
  const settled = ["sh", "-e", "-c", settle, "sh", ...inside];
  const join = [...joinLines(cgroups, name), 'exec unshare --cgroup -- "$@"'].join("\n");
  return [...leash, "sh", "-e", "-c", join, "sh", ...settled];
}

/**
 * Process id, from outside, of the first process in the namespaces of a {@link namespaceCommand}.
 * @param command process id of the command.
 * @throws Error if the command has ended.
 */
export async function firstProcessOf(command: number): Promise<number> {
  for (;;) {
    const [first] = await childrenOf(command);
    if (first !== undefined) return first;
    await sleep(10);
  }
}

/** Process ids of a process' children. @throws Error if there is no such process. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8");
  return children.split(" ").map(Number).filter(Boolean);
}

/** Quotes any word for the shell. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
