import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * Runs `work` while holding a lock file. Of two runs at the same time the second waits and then
 * finds the first one's result.
 *
 * The kernel holds the lock (flock(2), through util-linux's `flock`, which every Debian has). It
 * ends with its process, so no crash leaves it locked, not even `kill -9` or a power cut. The
 * holder is a child process. It ends when its standard input closes, which the kernel does if this
 * process dies.
 *
 * `waiting` is called once a second while another run has the lock, with the seconds so far.
 */
export async function withLock<T>(
  lockFile: string,
  waiting: (seconds: number) => void,
  work: () => Promise<T>,
): Promise<T> {
  const holder = spawn("flock", ["--exclusive", lockFile, "sh", "-c", "echo locked; exec cat"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = new Promise<void>((resolve) => holder.once("close", () => resolve()));
  const started = performance.now();
  const timer = setInterval(() => waiting(Math.round((performance.now() - started) / 1000)), 1_000);
  try {
    await new Promise<void>((resolve, reject) => {
      createInterface({ input: holder.stdout }).once("line", () => resolve());
      holder.once("error", (error) => {
        reject(
          new Error(
            `The build can't be locked: \`flock\` did not start (${error.message}). Install it with \`apt-get install util-linux\`.`,
            { cause: error },
          ),
        );
      });
      holder.once("exit", (code) => {
        reject(new Error(`${lockFile} can't be locked: flock ended with status ${code}.`));
      });
    });
  } finally {
    clearInterval(timer);
  }
  try {
    return await work();
  } finally {
    holder.stdin.end();
    await ended;
  }
}
