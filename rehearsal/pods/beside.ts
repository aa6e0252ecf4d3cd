import { spawn } from "node:child_process";
import { once } from "node:events";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { NAMESERVER } from "./sandbox.ts";

/** Files of a Space, by path. */
export type SpaceObjects = Readonly<
  Record<string, { readonly headers: Readonly<Record<string, string>>; readonly body: Buffer }>
>;

/** A Space, and the name server with its address. */
export interface SpaceOptions {
  /** `<bucket>.<region>.digitaloceanspaces.com` */
  readonly host: string;
  readonly certificate: string;
  readonly key: string;
  readonly objects: SpaceObjects;
}

const PROGRAM = join(dirname(fileURLToPath(import.meta.url)), "probe-programs", "space.mjs");

/**
 * Starts a fake Space and the cluster's name server in a sandbox's network. They run until they are
 * stopped or this process ends.
 * @throws Error if they do not start.
 */
export async function startSpaceInside(pid: number, options: SpaceOptions): Promise<() => void> {
  const inside = ["--target", String(pid), "--net", "--"];
  const env = { PATH: "/usr/bin:/bin:/usr/sbin:/sbin" };
  const child = spawn(
    "/usr/bin/setpriv",
    ["--pdeathsig=KILL", "--", "/usr/bin/nsenter", ...inside, process.execPath, PROGRAM],
    { env, stdio: ["pipe", "pipe", "pipe"] },
  );
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString("utf8")));
  const objects = Object.entries(options.objects).map(([path, { headers, body }]) => [
    path,
    { headers, body: body.toString("base64") },
  ]);
  // Its key is as secret as the rest of the run, but it still must not be on a command line.
  child.stdin.write(
    `${JSON.stringify({ ...options, address: NAMESERVER, objects: Object.fromEntries(objects) })}\n`,
  );
  const ready = once(createInterface({ input: child.stdout }), "line");
  const ended = once(child, "exit");
  if ((await Promise.race([ready, ended]))[0] !== "ready")
    throw new Error(`The Space of the rehearsal did not begin: ${words.trim()}`);
  return () => void child.kill("SIGKILL");
}
