import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import type { Layer } from "./oci.ts";

/**
 * Modification time of all files in layers. It is the same on every node, so a file has one ETag
 * everywhere.
 */
export const BUILT = new Date("2026-01-01T00:00:00Z");

/**
 * Writes a folder's content as a layer. All files belong to root, are readable for every user
 * (independent of the umask), and have one time and one order. So the same content has the same
 * digest.
 */
export async function writeLayer(folder: string, file: string): Promise<Layer> {
  await tar([
    ...["--create", "--file", file, "--format=gnu", "--sort=name", "--numeric-owner"],
    ...["--owner=0", "--group=0", "--mode=a+rX", `--mtime=@${BUILT.getTime() / 1000}`],
    ...["--directory", folder, "."],
  ]);
  return await layerOf(file);
}

/** The layer of a tar file. */
export async function layerOf(file: string): Promise<Layer> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return { digest: `sha256:${hash.digest("hex")}`, size: (await stat(file)).size };
}

/** Packs an image layout for `ctr images import`. */
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
