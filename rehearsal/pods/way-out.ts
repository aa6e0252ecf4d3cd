import { spawn, type ChildProcess } from "node:child_process";
import { access, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { RUN_PREFIX } from "../run-directory.ts";

/** An address outside a sandbox's network. */
export interface Place {
  readonly address: string;
  readonly port: number;
}

const OPEN_MS = 5_000;
const POLL_MS = 10;

/**
 * Connects a sandbox's network with an outside address, through a Unix socket, because files do not
 * belong to a network. A connection that breaks on one side breaks on the other.
 * @returns the function that closes it. It also ends with this process in any case.
 * @throws Error if it can't be opened in time.
 */
export async function openWayOut(pid: number, { address, port }: Place): Promise<() => void> {
  // In a folder with a short name, because a socket's path has 108 characters at most.
  const folder = await mkdtemp(join(tmpdir(), `${RUN_PREFIX}${process.pid}-way-`));
  const socket = join(folder, "s");
  const children: ChildProcess[] = [];
  const start = (...program: readonly string[]): void => {
    children.push(
      spawn("/usr/bin/setpriv", ["--pdeathsig=KILL", "--", ...program], {
        env: { PATH: "/usr/bin:/bin" },
        stdio: "ignore",
      }),
    );
  };
  start("/usr/bin/socat", `UNIX-LISTEN:${socket},fork,mode=600`, `TCP:${address}:${port}`);
  const deadline = performance.now() + OPEN_MS;
  while (!(await exists(socket))) {
    if (performance.now() > deadline)
      throw new Error(`No way out to port ${port} could be opened.`);
    await sleep(POLL_MS);
  }
  start(
    ...["/usr/bin/nsenter", "--target", String(pid), "--net", "--", "/usr/bin/socat"],
    ...[`TCP-LISTEN:${port},bind=${address},fork,reuseaddr`, `UNIX-CONNECT:${socket}`],
  );
  return () => {
    for (const child of children) child.kill("SIGKILL");
    void rm(folder, { recursive: true, force: true });
  };
}

async function exists(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}
