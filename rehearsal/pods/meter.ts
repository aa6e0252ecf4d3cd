import { processesBelow, type ProcessUse } from "./process-tree.ts";

/** Use of a machine by a container's programs. */
export interface ContainerUse {
  readonly cpuSeconds: number;
  /** Most memory at once, bytes: of each sample the sum of the processes' own peaks. */
  readonly peakBytes: number;
  /** Bytes written to a disk. */
  readonly diskBytes: number;
  /** Processor seconds of all programs that were seen, by name. */
  readonly programs: ReadonlyMap<string, number>;
}

/** Milliseconds between two samples: what a program uses after the last one is not counted. */
const EVERY_MS = 50;

/**
 * Samples the processes of a sandbox from outside, so that the pod stays as it is. Pages that
 * several processes share count for each of them, so the memory is rather too much than too little.
 */
export class Meter {
  readonly #seen = new Map<number, ProcessUse>();
  readonly #timer: NodeJS.Timeout;
  #peakBytes = 0;

  /** @param pid the process that started the sandbox: bwrap. */
  constructor(pid: number) {
    const sample = async (): Promise<void> => {
      const alive = (await processesBelow(pid)).filter(({ name }) => name !== "bwrap");
      for (const each of alive) this.#seen.set(each.pid, each);
      const bytes = alive.reduce((sum, { peakBytes }) => sum + peakBytes, 0);
      this.#peakBytes = Math.max(this.#peakBytes, bytes);
    };
    this.#timer = setInterval(() => void sample(), EVERY_MS).unref();
  }

  /** Ends the sampling. The figures stay. */
  stop(): void {
    clearInterval(this.#timer);
  }

  get use(): ContainerUse {
    const all = [...this.#seen.values()];
    const sum = (of: (use: ProcessUse) => number): number =>
      all.reduce((total, each) => total + of(each), 0);
    const programs = new Map<string, number>();
    for (const { name, cpuSeconds } of all)
      programs.set(name, (programs.get(name) ?? 0) + cpuSeconds);
    return {
      cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
      peakBytes: this.#peakBytes,
      diskBytes: sum(({ diskBytes }) => diskBytes),
      programs,
    };
  }
}
