import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { cacheHome, forgetOthers, publishFolder } from "../build/cache.ts";
import { withLock } from "../build/lock.ts";
import type { Progress } from "../progress.ts";
import { TRUST_STORE } from "./catalogue.ts";
import { packLayout, writeLayer } from "./layers.ts";
import { blobPath, namesOf, type Layer } from "./oci.ts";
import { findCrane, sourceOf, type RegistryOptions } from "./registry.ts";

/**
 * Environment that a pulled image gets, to trust the authority of a run. Nothing else in it is
 * changed.
 */
const TRUST_ENV: readonly string[] = [
  `SSL_CERT_FILE=/${TRUST_STORE.replace(/^\//u, "")}`,
  // Otherwise Node uses roots of its own. Ruby, nginx and psql ignore it.
  "NODE_OPTIONS=--use-openssl-ca",
];

/** Prefix of its folders in the cache. */
const KIND = "pulled-images";

interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
}
interface Manifest {
  readonly mediaType?: string;
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}
interface Config {
  readonly config?: { readonly Env?: readonly string[] };
  readonly rootfs: { readonly type: string; readonly diff_ids: readonly string[] };
  readonly history?: readonly unknown[];
}

/** A manifest with an additional layer, its configuration, and both as blobs, by digest. */
export interface Derived {
  readonly manifest: Descriptor;
  readonly blobs: ReadonlyMap<string, string>;
}

/** An image with an additional top layer and environment variables. */
export function withLayer(
  manifest: Manifest,
  config: Config,
  layer: Layer,
  environment: readonly string[],
): Derived {
  const blobs = new Map<string, string>();
  const blob = (mediaType: string, content: unknown): Descriptor => {
    const text = JSON.stringify(content);
    const digest = `sha256:${createHash("sha256").update(text).digest("hex")}`;
    blobs.set(digest, text);
    return { mediaType, digest, size: Buffer.byteLength(text) };
  };
  const own = (config.config?.Env ?? []).filter(
    (line) => !environment.some((each) => each.split("=")[0] === line.split("=")[0]),
  );
  // Docker's own media type of a manifest requires Docker's own media type of a layer.
  const docker = manifest.config.mediaType.includes("docker");
  const mediaType = docker
    ? "application/vnd.docker.image.rootfs.diff.tar"
    : "application/vnd.oci.image.layer.v1.tar";
  const changed = blob(manifest.config.mediaType, {
    ...config,
    config: { ...config.config, Env: [...own, ...environment] },
    rootfs: { ...config.rootfs, diff_ids: [...config.rootfs.diff_ids, layer.digest] },
    // One entry for each layer, if there are any.
    ...(config.history && { history: [...config.history, { created_by: "rehearsal" }] }),
  });
  const type = manifest.mediaType ?? "application/vnd.oci.image.manifest.v1+json";
  return {
    manifest: blob(type, {
      ...manifest,
      config: changed,
      layers: [...manifest.layers, { mediaType, digest: layer.digest, size: layer.size }],
    }),
    blobs,
  };
}

/**
 * Pulls the images of these names from their registries, each with an additional layer that holds
 * the roots of a run. Writes one archive for `ctr -n k8s.io images import`, in the user's cache.
 * @param trustStore PEM, or the runtime's replacement.
 * @throws Error with the image's name, if one can't be pulled.
 */
export async function pulledArchive(
  references: readonly string[],
  trustStore: string,
  options: RegistryOptions,
  progress: Progress,
): Promise<string> {
  const crane = await findCrane(progress);
  const pulled: PulledImage[] = [];
  for (const reference of references) {
    progress(`asking for ${reference}`);
    const source = sourceOf(reference, options);
    pulled.push({ reference, source, digest: await crane.digest(source) });
  }
  const key = createHash("sha256")
    .update(JSON.stringify([pulled.map(({ reference, digest }) => [reference, digest]), TRUST_ENV]))
    .update(trustStore)
    .digest("hex")
    .slice(0, 16);
  const folder = join(cacheHome(), `${KIND}-${key}`);
  const archive = join(folder, "images.tar");
  return await withLock(
    `${folder}.lock`,
    (seconds) => progress(`waiting for another run that packs images, ${seconds} s`),
    async () => {
      if (!existsSync(archive))
        await publishFolder(folder, async (partial) => {
          for (const [index, { reference, source, digest }] of pulled.entries()) {
            progress(`pulling ${reference}`);
            // By the digest of a moment ago, because the tag may move meanwhile.
            const repository = source.replace(/(?:@sha256:\w+|:[\w.-]+)$/u, "");
            await crane.pull(`${repository}@${digest}`, layoutIn(partial, index));
          }
          await pack(partial, pulled, trustStore);
        });
      await forgetOthers(folder, KIND);
      return archive;
    },
  );
}

interface PulledImage {
  /** Reference in the plan. */
  readonly reference: string;
  /** Reference for the registry. */
  readonly source: string;
  /** Digest in the registry. */
  readonly digest: string;
}

function layoutIn(folder: string, index: number): string {
  return join(folder, `pulled-${index}`);
}

async function pack(
  partial: string,
  pulled: readonly PulledImage[],
  trustStore: string,
): Promise<void> {
  const layout = join(partial, "layout");
  await mkdir(join(layout, "blobs/sha256"), { recursive: true });
  const place = async (digest: string, file: string): Promise<void> =>
    await symlink(file, join(layout, blobPath(digest))).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  const trust = join(partial, "trust");
  const file = join(trust, TRUST_STORE);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, trustStore, { mode: 0o644 });
  const layer = await writeLayer(trust, join(partial, "trust.tar"));
  await place(layer.digest, join(partial, "trust.tar"));
  const manifests: unknown[] = [];
  for (const [index, { reference }] of pulled.entries()) {
    const folder = layoutIn(partial, index);
    const read = async <T>(path: string): Promise<T> =>
      JSON.parse(await readFile(join(folder, path), "utf8")) as T;
    const { manifests: own } = await read<{ readonly manifests: readonly Descriptor[] }>(
      "index.json",
    );
    const manifest = await read<Manifest>(blobPath(own[0]?.digest ?? ""));
    const config = await read<Config>(blobPath(manifest.config.digest));
    const derived = withLayer(manifest, config, layer, TRUST_ENV);
    for (const each of manifest.layers)
      await place(each.digest, join(folder, blobPath(each.digest)));
    for (const [digest, text] of derived.blobs)
      await writeFile(join(layout, blobPath(digest)), text);
    for (const name of namesOf(reference))
      manifests.push({
        ...derived.manifest,
        annotations: { "io.containerd.image.name": name },
      });
  }
  await writeFile(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  await writeFile(join(layout, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
  await packLayout(layout, join(partial, "images.tar"));
  for (const each of await readdir(partial))
    if (each !== "images.tar") await rm(join(partial, each), { recursive: true });
}
