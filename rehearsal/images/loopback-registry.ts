import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { RUN_PREFIX } from "../run-directory.ts";
import { namesOf } from "./oci.ts";
import { sourceOf, type Crane } from "./registry.ts";

/** A registry on loopback with images. */
export interface LoopbackRegistry {
  /** "127.0.0.1:5000". */
  readonly registry: string;
  /** Stops it, and deletes its images. */
  stop(): Promise<void>;
}

/**
 * Serves the images of an archive from loopback, each under its full name and tag. With it the code
 * for pulled images can run without access to a registry. It ends with this process in any case.
 * @param archive of `imageArchive`.
 */
export async function serveImages(
  crane: Crane,
  archive: string,
  references: readonly string[],
): Promise<LoopbackRegistry> {
  const folder = await mkdtemp(join(tmpdir(), `${RUN_PREFIX}${process.pid}-`));
  const blobs = join(folder, "served");
  const layout = join(folder, "layout");
  await mkdir(blobs);
  await mkdir(layout);
  const child = spawn(
    "setpriv",
    [
      ...["--pdeathsig=KILL", "--", crane.program, "registry", "serve"],
      ...["--address=127.0.0.1:0", `--disk=${blobs}`],
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  const stop = async (): Promise<void> => {
    const ended = child.exitCode === null ? once(child, "exit") : undefined;
    child.kill("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const registry = `127.0.0.1:${await portOf(child.stderr)}`;
    await promisify(execFile)("tar", ["--extract", "--file", archive, "--directory", layout]);
    const { manifests } = JSON.parse(await readFile(join(layout, "index.json"), "utf8")) as Index;
    for (const [index, reference] of references.entries()) {
      const names = namesOf(reference);
      const manifest = manifests.find(({ annotations }) => names.includes(annotations[NAME] ?? ""));
      if (manifest === undefined) throw new Error(`${reference} is not in ${archive}.`);
      const one = join(folder, String(index)); // The command accepts a layout of one image.
      await mkdir(one);
      await symlink(join(layout, "blobs"), join(one, "blobs"));
      await writeFile(join(one, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
      await writeFile(
        join(one, "index.json"),
        JSON.stringify({ schemaVersion: 2, manifests: [manifest] }),
      );
      await crane.push(one, sourceOf(reference, { registry, byTag: true }));
    }
    return { registry, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const NAME = "io.containerd.image.name";

interface Index {
  readonly manifests: readonly { readonly annotations: Readonly<Record<string, string>> }[];
}

/** The port that it chose itself, from the line in which it prints it. */
async function portOf(stderr: NodeJS.ReadableStream): Promise<number> {
  for await (const line of createInterface({ input: stderr })) {
    const port = Number(/ port (?<port>\d+)$/u.exec(line)?.groups?.["port"]);
    if (Number.isInteger(port)) {
      stderr.resume();
      return port;
    }
  }
  throw new Error("The registry on loopback ended before it had begun.");
}
