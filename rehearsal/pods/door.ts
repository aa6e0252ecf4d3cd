import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { isListening } from "../listening.ts";

/**
 * A proxy from outside to one port of a sandbox's network, through a Unix socket, because files do
 * not belong to a network.
 */
export interface Door {
  readonly socketPath: string;
  close(): void;
}

const OPEN_MS = 5_000;
const POLL_MS = 5;

/**
 * Opens the proxy. It ends with this process in any case.
 * @throws Error if nothing listens behind the socket in time.
 */
export async function openDoor(pid: number, port: number, socketPath: string): Promise<Door> {
  const child = spawn(
    "/usr/bin/setpriv",
    [
      ...["--pdeathsig=KILL", "--", "/usr/bin/nsenter", "--target", String(pid), "--net", "--"],
      // Many connections, each with its own end: an answer may arrive after the request has ended.
      ...["/usr/bin/socat", "-t", "30", `UNIX-LISTEN:${socketPath},fork,mode=600`],
      `TCP:127.0.0.1:${port}`,
    ],
    { env: { PATH: "/usr/bin:/bin" }, stdio: "ignore" },
  );
  const gone = new Promise<"gone">((resolve) => {
    child.once("error", () => resolve("gone"));
    child.once("exit", () => resolve("gone"));
  });
  const deadline = performance.now() + OPEN_MS;
  // Not for the file alone: a visitor would get a 502.
  while (!(await isListening({ path: socketPath }))) {
    const ended = (await Promise.race([gone, sleep(POLL_MS)])) === "gone";
    if (ended || performance.now() > deadline)
      throw new Error(`No way into port ${port} of a pod could be opened at ${socketPath}.`);
  }
  return { socketPath, close: () => void child.kill("SIGKILL") };
}
