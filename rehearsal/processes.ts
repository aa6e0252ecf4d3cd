import { spawn, type ChildProcess } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";

/** A server program that runs in the background as long as the rehearsal. */
export interface ServerProgram {
  /** Name for messages: "etcd", "postgres main". */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment. Nothing is inherited, so a developer's shell can't change a result. */
  readonly env?: Readonly<Record<string, string>>;
  readonly directory?: string;
  /** File to which stdout and stderr are appended. */
  readonly logFile: string;
  /**
   * User and group of the process, instead of the current ones (Postgres refuses to run as root).
   */
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
  /**
   * Sends SIGTERM, after `graceMs` SIGKILL. Resolves when the process is gone, also if it already
   * was.
   */
  stop(graceMs?: number): Promise<void>;
}

/**
 * Starts servers so that none outlives this process, even after `kill -9`: the kernel ends a child
 * when its parent dies (`setpriv --pdeathsig`, util-linux; prctl(2) PR_SET_PDEATHSIG). Each run of
 * the rehearsal has one `Processes`.
 */
export class Processes {
  readonly #servers = new Set<Server>();

  /**
   * Starts a program. Throws if it can't be started. The caller must find out whether it is ready.
   */
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
        // A process group of its own: a Ctrl-C in the terminal reaches only this process, which
        // stops the servers in order.
        detached: true,
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

  /** Stops all of them at the same time; resolves when the last is gone. */
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
      signalGroup(pid, "SIGKILL"); // Other processes of its group, such as a Postgres back end.
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
