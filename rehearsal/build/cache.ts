import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import {
  access,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

/**
 * Folder of built programs, for all checkouts of one user: `$XDG_CACHE_HOME/mastodon-digitalocean`,
 * by default `~/.cache/…`.
 */
export function cacheHome(env: NodeJS.ProcessEnv = process.env): string {
  // The specification requires to ignore a relative path:
  // https://specifications.freedesktop.org/basedir-spec/latest/
  const xdg = env["XDG_CACHE_HOME"];
  const base = xdg?.startsWith("/") === true ? xdg : join(homedir(), ".cache");
  return join(base, "mastodon-digitalocean");
}

/**
 * Path of the program in a cache folder: `bin/<name>`, the layout that Pulumi's own tools expect of
 * an installation.
 */
export function programIn(folder: string, name: string): string {
  return join(folder, "bin", name);
}

/**
 * Whether a cache folder holds its program undamaged: its bytes have the recorded checksum. False
 * if it is missing or damaged; the caller then builds it again.
 */
export async function isWhole(folder: string, name: string): Promise<boolean> {
  try {
    const program = programIn(folder, name);
    const expected = (await readFile(`${program}.sha256`, "utf8")).trim();
    return (await sha256(program)) === expected;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}

/**
 * Fills a program's cache folder as {@link publishFolder} does, and adds its checksum. Call it with
 * the folder's lock.
 */
export async function publish(
  folder: string,
  name: string,
  fill: (partial: string) => Promise<void>,
): Promise<void> {
  await publishFolder(folder, async (partial) => {
    await mkdir(join(partial, "bin"), { recursive: true });
    await fill(partial);
    const program = programIn(partial, name);
    await writeFile(`${program}.sha256`, `${await sha256(program)}\n`);
    for (const path of [program, `${program}.sha256`, join(partial, "bin"), partial])
      await flush(path);
  });
}

/**
 * Fills a cache folder in one step. `fill` writes to a temporary folder, which gets its final name
 * only when `fill` has flushed everything to disk. So an interruption never leaves a half-filled
 * folder under a name that a later run would trust.
 *
 * Call it with the folder's lock: it deletes what earlier interrupted runs left.
 */
export async function publishFolder(
  folder: string,
  fill: (partial: string) => Promise<void>,
): Promise<void> {
  const parent = dirname(folder);
  const prefix = `${basename(folder)}.partial-`;
  for (const left of await readdir(parent))
    if (left.startsWith(prefix)) await rm(join(parent, left), { recursive: true, force: true });
  const partial = join(parent, prefix + randomBytes(4).toString("hex"));
  try {
    await mkdir(partial);
    await fill(partial);
    // Replaces a damaged one, because an undamaged one is not built again.
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
    await flush(parent);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

/** Whether a file or a folder exists. */
export async function isThere(path: string): Promise<boolean> {
  return await access(path).then(
    () => true,
    () => false,
  );
}

/** Age after which archives of other content are old: each run's authority creates one. */
const OLD_MS = 3_600_000;

/**
 * Removes old folders of the same kind: `<kind>-<hash>`.
 * @param oldMs age from which a folder is old, by its modification time. Default: an hour.
 */
export async function forgetOthers(
  folder: string,
  kind: string,
  oldMs: number = OLD_MS,
): Promise<void> {
  for (const name of await readdir(cacheHome())) {
    const path = join(cacheHome(), name);
    if (!new RegExp(`^${kind}-[0-9a-f]{16}$`, "u").test(name) || path === folder) continue;
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > oldMs) await rm(path, { recursive: true, force: true });
  }
}

/** The SHA-256 of a file, in hex. */
async function sha256(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

/** Flushes a file or a folder to disk: otherwise a rename may reach the disk before the content. */
async function flush(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
