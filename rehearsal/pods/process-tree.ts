import { readFile } from "node:fs/promises";

/** A process of this machine, and what it has used so far. */
export interface ProcessUse {
  readonly pid: number;
  /** Its name: the first 15 characters of the program's. */
  readonly name: string;
  /** Processor seconds, its ended children not counted. */
  readonly cpuSeconds: number;
  /** Most memory that was resident at once, bytes. */
  readonly peakBytes: number;
  /** Bytes that it wrote to anything: files, pipes, sockets. */
  readonly writtenBytes: number;
  /** Bytes that it made the kernel write to a disk. Pipes and memory file systems do not count. */
  readonly diskBytes: number;
}

/** Ticks of a second in `/proc`: 100 on every architecture of Linux (proc(5)). */
export const TICKS = 100;

/** Process ids of the children that a process's first thread started. */
export async function childrenOf(pid: number): Promise<readonly number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text.split(" ").filter(Boolean).map(Number);
}

/** All processes below one, at any depth. */
export async function processesBelow(pid: number): Promise<readonly ProcessUse[]> {
  const below = await Promise.all(
    (await childrenOf(pid)).map(async (child) => [
      await useOf(child),
      ...(await processesBelow(child)),
    ]),
  );
  return below.flat().filter((each) => each !== undefined);
}

/** Undefined for a process that ended meanwhile. */
async function useOf(pid: number): Promise<ProcessUse | undefined> {
  const read = (file: string): Promise<string> =>
    readFile(`/proc/${pid}/${file}`, "utf8").catch(() => "");
  const [stat, status, io] = await Promise.all([read("stat"), read("status"), read("io")]);
  // The name stands in parentheses, and may contain spaces.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (fields.length < 13) return undefined;
  const number = (text: string, key: string): number =>
    Number(new RegExp(`^${key}:\\s+(\\d+)`, "mu").exec(text)?.[1] ?? 0);
  return {
    pid,
    name: stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")")),
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
    peakBytes: number(status, "VmHWM") * 1_024,
    writtenBytes: number(io, "wchar"),
    diskBytes: number(io, "write_bytes"),
  };
}

/** Sends a signal to a process, unless it has ended. */
export function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
