import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Sent } from "../checks/load.ts";

/** Target of a load, by a Service's address: the name is not looked up again. */
export interface Target {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** A page that is answered with 200. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const PROGRAM = join(import.meta.dirname, "load.mjs");

/**
 * Per target: connections that are kept, and those that are made for each request. As few as the
 * smallest web has threads: kept connections may keep new ones waiting there (seen once, not
 * traced).
 */
const CONNECTIONS = { kept: 1, fresh: 1 } as const;
/** Between two requests of one connection, milliseconds. */
const EVERY_MS = 40;
/** After which a request counts as lost, milliseconds. */
const PATIENCE_MS = 10_000;
/** After which it ends by itself, milliseconds. */
const LONGEST_MS = 300_000;

/** Requests that go on and on from one network, as a tunnel's connector sends them. */
export class SteadyLoad {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    child.stdin!.on("error", () => undefined); // It ended; the next answer says so.
  }

  /**
   * Starts one, once every target answers; ends with us, however we end.
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

  /** All that was sent since it was asked last. */
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
