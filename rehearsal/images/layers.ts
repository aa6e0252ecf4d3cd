import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { Layer } from "./oci.ts";

/**
 * Layers carry the times of their build: the same on every node, so a file has one ETag wherever it
 * is asked for.
 */
export const BUILT = new Date("2026-01-01T00:00:00Z");

/**
 * Writes a folder's content as a layer. Everything is root's, readable for every user whatever our
 * umask says, of one time and in one order: so the same content has the same digest.
 */
export async function writeLayer(folder: string, file: string): Promise<Layer> {
  await tar([
    ...["--create", "--file", file, "--format=gnu", "--sort=name", "--numeric-owner"],
    ...["--owner=0", "--group=0", "--mode=a+rX", `--mtime=@${BUILT.getTime() / 1000}`],
    ...["--directory", folder, "."],
  ]);
  return await layerOf(file);
}

/** The layer that a tar is. */
export async function layerOf(file: string): Promise<Layer> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return { digest: `sha256:${hash.digest("hex")}`, size: (await stat(file)).size };
}

/** Packs a folder as it is: an image layout, as `ctr images import` reads it. */
export async function packLayout(folder: string, file: string): Promise<void> {
  await tar([
    "--create",
    "--file",
    file,
    "--sort=name",
    "--directory",
    folder,
    "--dereference",
    ".",
  ]);
}

async function tar(args: readonly string[]): Promise<void> {
  const child = spawn("tar", args, { stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => (words += chunk.toString("utf8")));
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (status !== 0) throw new Error(`An image could not be packed: ${words.trim()}`);
}
