import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A connection to try. */
export interface ConnectionAttempt {
  readonly host: string;
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

const PROGRAM = join(import.meta.dirname, "connections.mjs");
/** Timeout for a connection to open, milliseconds: none here takes ten. */
const PATIENCE_MS = 1_500;

/** Runs in one network: tries connections from it, and answers those from others. */
export class ConnectionTrier {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #words = "";

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    child.stderr!.on("data", (chunk: Buffer) => (this.#words += chunk.toString("utf8")));
    child.stdin!.on("error", () => undefined); // The process ended; the next answer reports it.
  }

  /**
   * Starts one; it ends with this process in any case.
   * @param network file of a network namespace; undefined: the current one.
   * @param addresses its own addresses, on which it answers if nothing else does.
   */
  static async start(
    network: string | undefined,
    addresses: readonly string[],
    ports: readonly number[],
  ): Promise<ConnectionTrier> {
    const enter = network === undefined ? [] : ["nsenter", `--net=${network}`, "--"];
    const child = spawn(
      "setpriv",
      ["--pdeathsig=KILL", "--", ...enter, process.execPath, PROGRAM],
      { stdio: ["pipe", "pipe", "pipe"] },
    );
    const trier = new ConnectionTrier(child);
    await trier.#ask({ listen: ports, addresses });
    return trier;
  }

  /** Whether each opened, in the order of the attempts. */
  async try(attempts: readonly ConnectionAttempt[]): Promise<readonly boolean[]> {
    return (await this.#ask({ attempts, patienceMs: PATIENCE_MS })) as readonly boolean[];
  }

  stop(): void {
    this.#child.kill("SIGKILL");
  }

  async #ask(question: unknown): Promise<unknown> {
    this.#child.stdin!.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done === true) throw new Error(`No connection could be tried: ${this.#words.trim()}`);
    return JSON.parse(value);
  }
}
