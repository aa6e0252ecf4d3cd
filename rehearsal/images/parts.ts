import { cp, link, mkdir, readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { writeMastodonFolder } from "../pods/mastodon-image.ts";
import { MASTODON_FOLDER, STAND_INS, type Part } from "./catalogue.ts";

/**
 * Folder of the rehearsal, some of whose files are in images: a change to them gives another image.
 */
const REHEARSAL = join(dirname(fileURLToPath(import.meta.url)), "..");
export const STAND_IN_PROGRAMS = join(REHEARSAL, "pods", "stand-ins");

/** Folder of the npm packages. */
export const MODULES_FOLDER = join(REHEARSAL, "..", "node_modules");
/** Packages that the fakes import, in addition to their dependencies. */
const MODULES = ["ioredis", "pg", "ws"] as const;

/** Writes the content of a part to a folder, with the paths that it has in the image. */
export async function writePart(part: Part, version: string, folder: string): Promise<void> {
  if (part === "node") await writeNode(folder);
  else await writeMastodonFolder(join(folder, MASTODON_FOLDER), version);
}

/** Node as it runs here, and the fakes. */
async function writeNode(folder: string): Promise<void> {
  const inside = join(folder, STAND_INS);
  await mkdir(join(folder, MASTODON_FOLDER), { recursive: true }); // Entry file of streaming.
  await copyProgram(process.execPath, join(inside, "bin/node"));
  await cp(STAND_IN_PROGRAMS, join(inside, "programs"), { recursive: true });
  for (const [name, from] of await closureOf(MODULES))
    await cp(from, join(inside, "node_modules", name), { recursive: true });
}

/** Puts a program at another path; without a copy if the file system allows hard links. */
export async function copyProgram(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  await link(from, to).catch(() => cp(from, to, { dereference: true }));
}

/**
 * These packages and all their dependencies: name and folder. npm has installed them in one folder.
 */
async function closureOf(names: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>();
  const left = [...names];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (found.has(name)) continue;
    const folder = join(MODULES_FOLDER, name);
    found.set(name, folder);
    const { dependencies = {} } = JSON.parse(
      await readFile(join(folder, "package.json"), "utf8"),
    ) as { readonly dependencies?: Readonly<Record<string, string>> };
    left.push(...Object.keys(dependencies));
  }
  return found;
}
