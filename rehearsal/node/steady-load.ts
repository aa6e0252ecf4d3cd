import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Sent } from "../checks/load.ts";

/** Target of a load, by a Service's address, so that the name is not resolved again. */
export interface Target {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Path that answers 200. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const PROGRAM = join(import.meta.dirname, "load.mjs");

/**
 * Connections to each target: kept ones, and ones with a new connection for each request. No more
 * than the smallest web has threads: kept connections may delay new ones there (seen once, cause
 * unknown).
 */
const CONNECTIONS = { kept: 1, fresh: 1 } as const;
/** Pause between two requests of one connection, milliseconds. */
const EVERY_MS = 40;
/** Timeout after which a request counts as lost, milliseconds. */
const PATIENCE_MS = 10_000;
/** Time after which it ends on its own, milliseconds. */
const LONGEST_MS = 300_000;

/** Continuous requests from one network, as a tunnel's connector sends them. */
export class SteadyLoad {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    child.stdin!.on("error", () => undefined); // The process ended; the next answer reports it.
  }

  /**
   * Starts one, once every target answers; it ends with this process in any case.
   * @param network file of a network namespace.
   */
  static async start(network: string, targets: readonly Target[]): Promise<SteadyLoad> {
    const child = spawn(
      "setpriv",
      ["--pdeathsig=KILL", "--", "nsenter", `--net=${network}`, "--", process.execPath, PROGRAM],
      { stdio: ["pipe", "pipe", "inherit"] },
    );
    const load = new SteadyLoad(child);
    const pace = { everyMs: EVERY_MS, patienceMs: PATIENCE_MS, longestMs: LONGEST_MS };
    await load.#ask({ targets, ...CONNECTIONS, ...pace });
    return load;
  }

  /** Requests sent since the last call. */
  async sent(): Promise<readonly Sent[]> {
    return (await this.#ask({})) as readonly Sent[];
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }

  async #ask(question: unknown): Promise<unknown> {
    this.#child.stdin!.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error("The program that sends requests ended.");
    return JSON.parse(value);
  }
}
