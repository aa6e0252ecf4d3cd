import { Worker } from "node:worker_threads";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { formatDuration } from "../../pages/duration.ts";
import type { Progress } from "../progress.ts";
import type { Step } from "./steps.ts";
import type { Shortest } from "./walk.ts";
import type { Order, Report, WalkerData } from "./walker.ts";

/** The end of all walks. */
export interface Walks {
  /** Steps that were taken, without those that made a walk shorter. */
  readonly steps: number;
  /** Faults that hit a call. */
  readonly hits: number;
  readonly failures: readonly Shortest[];
}

/** The walks and the threads that take them. */
export interface WalkersOptions extends Omit<WalkerData, "directory"> {
  /** A folder of this run alone: each walker has one in it. */
  readonly directory: string;
  readonly walks: readonly (readonly Step[])[];
  readonly progress: Progress;
}

/**
 * Most of what a program makes is gone when it ends, and a larger nursery copies less of it. What
 * lasts is 150 MB: a low bound has it collected before a walker takes a gigabyte.
 */
const LIMITS = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 512 } as const;

/** Threads at work; `close` stops them, their engines and their servers. */
export interface Walkers {
  readonly end: Promise<Walks>;
  readonly close: () => Promise<void>;
}

/**
 * Takes walks at once, in as many worlds as there are cores. After one that fails none is begun.
 */
export function walkers(options: WalkersOptions): Walkers {
  const { walks, progress, directory, ...rest } = options;
  const tally = new Tally(walks, progress);
  const count = Math.min(availableParallelism(), walks.length);
  const workers = Array.from({ length: count }, (_, at) => {
    const workerData: WalkerData = { ...rest, directory: join(directory, `walker-${at}`) };
    return new Worker(new URL("walker.ts", import.meta.url), {
      workerData,
      resourceLimits: LIMITS,
    });
  });
  const ended = workers.map((worker) => walked(worker, tally));
  const close = async (): Promise<void> => {
    for (const worker of workers) tell(worker, "close");
    await Promise.allSettled(ended);
  };
  const end = Promise.all(ended).then(() => tally.sum());
  // After an early close nobody awaits it.
  end.catch(() => undefined);
  return { end, close };
}

const tell = (worker: Worker, order: Order): void => worker.postMessage(order);

/** Gives a worker walks until none is left, and settles when its thread has ended. */
async function walked(worker: Worker, tally: Tally): Promise<void> {
  worker.on("message", (report: Report) => {
    if (report.kind === "waits") tell(worker, tally.next() ?? "close");
    else tally.note(report);
  });
  await new Promise<void>((resolve, reject) => {
    worker.once("error", reject);
    worker.once("exit", () => resolve());
  });
}

/** The walks that are left, and the sum of those that ended. */
class Tally {
  readonly #left: (readonly Step[])[];
  readonly #of: number;
  readonly #progress: Progress;
  readonly #failures: Shortest[] = [];
  /** When the first world stood. */
  #startedAt: number | undefined;
  #steps = 0;
  #hits = 0;

  constructor(walks: readonly (readonly Step[])[], progress: Progress) {
    this.#left = [...walks];
    this.#of = walks.reduce((sum, { length }) => sum + length, 0);
    this.#progress = progress;
  }

  next(): readonly Step[] | undefined {
    this.#startedAt ??= Date.now();
    return this.#failures.length === 0 ? this.#left.shift() : undefined;
  }

  note(report: Exclude<Report, { kind: "waits" }>): void {
    if (report.kind === "fails") {
      this.#progress(`fails, and is made shorter: ${report.line}`, true);
    } else if (report.kind === "end") {
      this.#hits += report.hits;
      if (report.shortest !== undefined) this.#failures.push(report.shortest);
    } else {
      this.#steps++;
      const each = (Date.now() - (this.#startedAt ?? 0)) / 1000 / this.#steps;
      const left = formatDuration(each * (this.#of - this.#steps));
      this.#progress(`step ${this.#steps} of ${this.#of}, ${left} left: ${report.line}`);
    }
  }

  sum(): Walks {
    return { steps: this.#steps, hits: this.#hits, failures: this.#failures };
  }
}
