import { readlink } from "node:fs/promises";
import { hostname } from "node:os";
import type { RunPulumi } from "../secrets/pulumi.ts";

/**
 * A lock of a stack whose state is kept in a bucket or folder. It has no lease: a killed update
 * leaves it behind for good, and it says nothing about whether its holder lives.
 */

/** The holder of a lock (pulumi/pulumi v3.259.0 `pkg/backend/diy/lock.go`, lockContent). */
export interface Lock {
  readonly user: string;
  readonly host: string;
  readonly pid: number;
  /** When it was taken, as the CLI writes it. */
  readonly since: string;
}

/** Whether a holder is known to have ended, and that in a sentence. */
export interface Holder {
  readonly ended: boolean;
  readonly words: string;
}

/**
 * The lock's line of the CLI: the file in the bucket, the user at a host, the process, the time.
 * Only these parts are read, none of its English.
 */
const LINE =
  /\.pulumi\/locks\/\S+:.* (?<user>[^\s@]+)@(?<host>\S+) \(\D*(?<pid>\d+)\) .*?(?<since>\d\S+)$/gmu;

/**
 * The locks of a stack; none if nobody holds one. `pulumi stack export` ignores locks. Renaming a
 * stack to its own name checks the lock first, and always fails afterwards: it never changes
 * anything (`pkg/backend/diy/backend.go`, renameStack).
 */
export async function locksOf(pulumi: RunPulumi, stack: string): Promise<readonly Lock[]> {
  const said = await pulumi(["stack", "rename", stack, "--stack", stack]).catch((error: unknown) =>
    error instanceof Error ? error.message : String(error),
  );
  return [...said.matchAll(LINE)].map(({ groups = {} }) => ({
    user: groups["user"] ?? "",
    host: groups["host"] ?? "",
    pid: Number(groups["pid"]),
    since: groups["since"] ?? "",
  }));
}

/** A lock in words. */
export function holderOf({ user, host, pid, since }: Lock): string {
  return `${user}@${host} (process ${pid}) since ${since}`;
}

/**
 * The judgement of a person's machine. It never counts as ended: a container may have this host's
 * name and not its processes.
 */
export async function judgeHere({ host, pid }: Lock): Promise<Holder> {
  if (host !== hostname())
    return { ended: false, words: `Whether its process lives, only ${host} can tell.` };
  const program = await readlink(`/proc/${pid}/exe`).catch(() => undefined);
  return {
    ended: false,
    words:
      program === undefined
        ? "This machine has that name, and no such process of yours."
        : `On this machine that process is ${program}.`,
  };
}
