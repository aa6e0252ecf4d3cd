import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

/** A server program to run in the background for as long as the rehearsal lives. */
export interface ServerProgram {
  /** For messages: "etcd", "postgres main". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment; nothing is inherited, so a developer's shell can't change a result. */
  readonly env?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** Where stdout and stderr go, appended. */
  readonly logFile: string;
  /** Run as this user and group instead of ours (Postgres refuses to run as root). */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** A started server. */
export interface Server {
  readonly name: string;
  readonly pid: number;
  /** Whether it still runs. */
  running(): boolean;
  /** The last lines of its log, for an error message. */
  logTail(lines: number): string;
  /** SIGTERM, after `graceMs` SIGKILL; resolves when it is gone. No error if it already was. */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Starts servers so that none outlives us, not even after `kill -9`: the kernel ends a child when its parent dies
 * (`setpriv --pdeathsig`, util-linux; prctl(2) PR_SET_PDEATHSIG). Each run of the rehearsal owns one `Processes`.
 */
export class Processes {
  readonly #servers = new Set<Server>();

  /** Starts a program. Throws if it can't be started; that it is ready is the caller's to find out. */
  async start(program: ServerProgram): Promise<Server> {
    const log = openSync(program.logFile, "a", 0o600);
    const asUser = program.user
      ? [`--reuid=${program.user.uid}`, `--regid=${program.user.gid}`, "--clear-groups"]
      : [];
    const child = spawn(
      "setpriv",
      [...asUser, "--pdeathsig=KILL", "--", program.command, ...program.args],
      {
        cwd: program.directory,
        env: { PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", ...program.env },
        stdio: ["ignore", log, log],
        detached: true, // Its own group: a Ctrl-C in the terminal reaches us alone, and we stop things in order.
      },
    );
    closeSync(log);
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (error) => {
        reject(new Error(`${program.name} did not start: ${error.message}`, { cause: error }));
      });
    });
    const server = serverOf(program, child);
    this.#servers.add(server);
    return server;
  }

  /** Stops all of them at once; resolves when the last is gone. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.#servers].map((server) => server.stop()));
    this.#servers.clear();
  }
}

function serverOf(program: ServerProgram, child: ChildProcess): Server {
  const { pid } = child;
  if (pid === undefined) throw new Error(`${program.name} has no process id.`);
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    name: program.name,
    pid,
    running,
    logTail: (lines) =>
      readFileSync(program.logFile, "utf8").trimEnd().split("\n").slice(-lines).join("\n"),
    async stop(graceMs = 2_000) {
      if (!running()) return;
      signalGroup(pid, "SIGTERM");
      const hard = setTimeout(() => signalGroup(pid, "SIGKILL"), graceMs);
      await gone;
      clearTimeout(hard);
      signalGroup(pid, "SIGKILL"); // What it left in its group, a Postgres back end for one.
    },
  };
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
