import { spawn } from "node:child_process";
import { text } from "node:stream/consumers";

/** Mount point of a world's Debian 13, with the programs that it runs. */
export const WORLD_DEBIAN = "/run/debian";

/**
 * Runs commands of `ip -batch` in this network namespace, or in that of a process.
 * @throws Error with the output of `ip`.
 */
export async function runIp(commands: readonly string[], pid?: number): Promise<void> {
  const ip = ["chroot", WORLD_DEBIAN, "ip", "-batch", "-"];
  const [command = "", ...args] =
    pid === undefined ? ip : ["nsenter", `--target=${pid}`, "--net", "--", ...ip];
  const child = spawn(command, args, { stdio: ["pipe", "ignore", "pipe"] });
  child.stdin.end(`${commands.join("\n")}\n`);
  const complaint = text(child.stderr);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (status !== 0)
    throw new Error(`The network can't be made: ip says ${(await complaint).trim()}`);
}
