import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { cacheHome, forgetOthers, isThere, publishFolder } from "../build/cache.ts";
import { withLock } from "../build/lock.ts";
import { DEBIAN_PACKAGES, debianRoot } from "../machine/debian.ts";
import { madeUpFiles, mastodonVersionOf, OWN_FOLDERS } from "../pods/mastodon-image.ts";
import type { Progress } from "../progress.ts";
import { recipeOf, TRUST_STORE, type Part } from "./catalogue.ts";
import { layerOf, packLayout, writeLayer } from "./layers.ts";
import { blobPath, layoutOf, namesOf, type Image, type Layer } from "./oci.ts";
import { copyProgram, STAND_IN_PROGRAMS, writePart } from "./parts.ts";

/** Input of images in addition to the catalogue. */
export interface ImageOptions {
  /**
   * Certificates of the images' public roots, PEM. Undefined: the image has no such file, for a
   * runtime that mounts one. Then the archive is the same for every run.
   */
  readonly trustStore?: string;
  /** Programs built elsewhere, by the name of the image's one file: "metrics-server", "coredns". */
  readonly programs?: Readonly<Record<string, string>>;
  readonly progress?: Progress;
}

const ARCHITECTURE = process.arch === "arm64" ? "arm64" : "amd64";

/**
 * Builds one archive of the images of these names, for `ctr -n k8s.io images import`. The content
 * is Debian 13's packages, Node, and fakes of Mastodon. Nothing is pulled, and none of Mastodon's
 * own code is in it. The user's cache keeps it by content.
 * @returns the archive's path.
 * @throws Error for a name without a recipe, or whose program was not given.
 */
export async function imageArchive(
  references: readonly string[],
  options: ImageOptions = {},
): Promise<string> {
  const progress = options.progress ?? (() => undefined);
  const names = [...new Set(references)].sort();
  for (const name of names) programOf(name, options);
  const debian = await debianRoot({ packages: DEBIAN_PACKAGES }, progress);
  const key = await keyOf(names, options, debian.root);
  const folder = join(cacheHome(), `images-${key}`);
  const archive = join(folder, "images.tar");
  return await withLock(
    join(cacheHome(), "images.lock"),
    (seconds) => progress(`waiting for another run that makes images, ${seconds} s`),
    async () => {
      if (await isThere(archive)) return archive;
      const base = await debianLayer(debian.root, progress);
      await publishFolder(folder, async (partial) => {
        progress(`making ${names.length} images`);
        await fill(partial, names, options, base);
      });
      await forgetOthers(folder, "images");
      return archive;
    },
  );
}

/** A layer with its file. */
interface LayerFile extends Layer {
  readonly file: string;
}

async function fill(
  partial: string,
  names: readonly string[],
  options: ImageOptions,
  base: LayerFile,
): Promise<void> {
  const layout = join(partial, "layout");
  await mkdir(join(layout, "blobs/sha256"), { recursive: true });
  const place = async (layer: LayerFile): Promise<LayerFile> => {
    await symlink(layer.file, join(layout, blobPath(layer.digest))).catch(onlyIfThere);
    return layer;
  };
  const made = new Map<string, Promise<LayerFile>>();
  /** One layer for all callers with this name, from the folder that `write` fills. */
  const layer = (name: string, write: (folder: string) => Promise<void>): Promise<LayerFile> => {
    const before = made.get(name);
    if (before !== undefined) return before;
    const making = (async () => {
      const content = join(partial, `${made.size}`);
      await mkdir(content, { mode: 0o755 });
      await write(content);
      const file = `${content}.tar`;
      const written = await writeLayer(content, file);
      await rm(content, { recursive: true });
      return await place({ ...written, file });
    })();
    made.set(name, making);
    return making;
  };
  await place(base);
  const images: Image[] = [];
  for (const name of names) {
    const { parts, config } = recipeOf(name);
    const program = programOf(name, options);
    const layers: Layer[] = [];
    if (program !== undefined)
      layers.push(
        await layer(program.name, (at) => copyProgram(program.file, join(at, program.name))),
      );
    else {
      layers.push(base);
      for (const part of parts ?? []) {
        const version = versionIn(part, name);
        layers.push(await layer(`${part} ${version}`, (at) => writePart(part, version, at)));
      }
      if (options.trustStore !== undefined)
        layers.push(await layer("trust", (at) => writeTrust(at, options.trustStore ?? "")));
    }
    images.push({ names: namesOf(name), layers, config });
  }
  for (const [path, text] of Object.entries(layoutOf(images, ARCHITECTURE)))
    await writeFile(join(layout, path), text);
  await packLayout(layout, join(partial, "images.tar"));
  for (const name of await readdir(partial))
    if (name !== "images.tar") await rm(join(partial, name), { recursive: true });
}

/** Debian's layer is separate, because it is the largest and the same in every run. */
async function debianLayer(root: string, progress: Progress): Promise<LayerFile> {
  const folder = join(cacheHome(), `layer-${basename(dirname(root))}`);
  const file = join(folder, "layer.tar");
  if (!(await isThere(file)))
    await publishFolder(folder, async (partial) => {
      progress("packing Debian 13");
      const layer = await writeLayer(root, join(partial, "layer.tar"));
      await writeFile(join(partial, "layer.json"), JSON.stringify(layer));
    });
  return { ...(JSON.parse(await readFile(join(folder, "layer.json"), "utf8")) as Layer), file };
}

async function writeTrust(folder: string, trustStore: string): Promise<void> {
  const file = join(folder, TRUST_STORE);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, trustStore, { mode: 0o644 });
}

/** The only file of an image, if its recipe has one. */
function programOf(
  reference: string,
  { programs = {} }: ImageOptions,
): { readonly name: string; readonly file: string } | undefined {
  const { parts, config } = recipeOf(reference);
  if (parts !== undefined) return undefined;
  const name = (config.Entrypoint?.[0] ?? "").slice(1);
  const file = programs[name];
  if (file === undefined)
    throw new Error(`The image ${reference} is one program, ${name}, and none was handed in.`);
  return { name, file };
}

function versionIn(part: Part, reference: string): string {
  return part === "mastodon" ? (mastodonVersionOf(reference) ?? "") : "";
}

/** Changes with every input of the archive. */
async function keyOf(
  names: readonly string[],
  options: ImageOptions,
  debian: string,
): Promise<string> {
  const hash = createHash("sha256");
  const add = (...values: readonly unknown[]): void =>
    void hash.update(`${JSON.stringify(values)}\n`);
  add(names, debian, process.version, options.trustStore, names.map(recipeOf));
  for (const name of names) add(madeUpFiles(mastodonVersionOf(name) ?? ""));
  for (const folder of [STAND_IN_PROGRAMS, ...OWN_FOLDERS])
    for (const entry of (await readdir(folder, { recursive: true })).sort()) {
      const path = join(folder, entry);
      if ((await stat(path)).isFile()) add(entry, await readFile(path, "base64"));
    }
  for (const [name, file] of Object.entries(options.programs ?? {}))
    add(name, (await layerOf(file)).digest);
  return hash.digest("hex").slice(0, 16);
}

function onlyIfThere(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
