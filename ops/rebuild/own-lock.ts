import { readFile, readlink } from "node:fs/promises";
import { hostname } from "node:os";
import type { Holder, Lock } from "../recover/lock.ts";
import type { EngineStart } from "./journal.ts";

/** This machine since its last start, with its process table: pids are compared within it. */
export async function thisMachine(): Promise<string> {
  const boot = await readFile("/proc/sys/kernel/random/boot_id", "utf8").catch(() => "");
  const processes = await readlink("/proc/self/ns/pid").catch(() => "");
  return [hostname(), boot.trim(), processes].join(" ");
}

/**
 * Judges a lock that this command's own engine has left. It counts as ended only if the journal
 * names this machine, the lock is younger than the engine's start, and the process is gone.
 * @param judge judges each other lock.
 */
export function judgeOwn(
  engine: EngineStart | undefined,
  judge: (lock: Lock) => Promise<Holder>,
): (lock: Lock) => Promise<Holder> {
  return async (lock) => {
    const isOurs =
      engine !== undefined &&
      lock.host === hostname() &&
      engine.machine === (await thisMachine()) &&
      // The lock's time has whole seconds.
      Date.parse(lock.since) + 1_000 >= Date.parse(engine.since);
    if (!isOurs) return await judge(lock);
    return isAlive(lock.pid)
      ? { ended: false, words: `It is this command's own update, in process ${lock.pid}.` }
      : { ended: true, words: "It was this command's own update, and its process has ended." };
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}
