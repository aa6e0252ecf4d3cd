import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { cacheHome, forgetOthers, isThere, publishFolder } from "../build/cache.ts";
import { withLock } from "../build/lock.ts";
import type { Progress } from "../progress.ts";
import { containerdToml } from "./containerd.ts";
import { namespaceCommand } from "./namespaces.ts";
import { NODE_FOLDERS, nodeScript } from "./node-namespace.ts";

/**
 * Imported and unpacked images of containerd, in the user's cache, read-only. A node starts with
 * them and imports nothing.
 */
export interface ImageStore {
  /** Folder that was containerd's root. */
  readonly folder: string;
}

/** Folders of containerd for one node, and those from the cache. */
export interface NodeStore {
  /** containerd's root on the node. */
  readonly folder: string;
  /** Layers in the cache, by their folder's name. They are mounted, not copied. */
  readonly layers: Readonly<Record<string, string>>;
  /** Manifests and imported content: an overlay on the cache's. */
  readonly content: { readonly lower: string; readonly upper: string; readonly work: string };
}

/** Age after which no world can still use a store: a drill takes minutes. */
const UNUSED_MS = 24 * 3_600_000;
const ROOT = "/var/lib/containerd";
const SNAPSHOTS = "io.containerd.snapshotter.v1.overlayfs/snapshots";
const CONTENT = "io.containerd.content.v1.content";
/** containerd's databases of contents, by name. */
const DATABASES = [
  "io.containerd.metadata.v1.bolt/meta.db",
  "io.containerd.snapshotter.v1.overlayfs/metadata.db",
] as const;

/**
 * Placeholder in the images for the public roots that a run creates. The archive is then the same
 * for every run, and each run puts its own roots into the layer with this text.
 */
export const TRUST_PLACEHOLDER = "The public roots of a rehearsal stand here.\n";
const TRUST_STORE = "etc/ssl/certs/ca-certificates.crt";

/**
 * The store of archives of images, created once and kept.
 * @param archives each one's folder is named after its content.
 * @param debian the Debian 13 whose containerd imports it.
 */
export async function imageStore(
  archives: readonly string[],
  debian: string,
  progress: Progress,
): Promise<ImageStore> {
  const parts = [
    ...archives.map((archive) => basename(dirname(archive))),
    ...[basename(dirname(debian)), containerdToml()],
  ];
  const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
  const folder = join(cacheHome(), `image-store-${hash}`);
  const store = { folder: join(folder, "containerd") };
  if (await isThere(store.folder)) {
    await utimes(folder, new Date(), new Date());
    return store;
  }
  return await withLock(
    `${folder}.lock`,
    (seconds) => progress(`waiting for another run that unpacks the images, ${seconds} s`),
    async () => {
      if (!(await isThere(store.folder)))
        await publishFolder(folder, (partial) => unpack(archives, debian, partial));
      // Each is most of a gigabyte, and every edit to a fake creates another.
      await forgetOthers(folder, "image-store", UNUSED_MS);
      return store;
    },
  );
}

/** Imports archives with a separate containerd, in namespaces that end with it. */
async function unpack(archives: readonly string[], debian: string, partial: string): Promise<void> {
  for (const each of [...NODE_FOLDERS, "containerd", "upper/etc/containerd"])
    await mkdir(join(partial, each), { recursive: true });
  await writeFile(join(partial, "upper/etc/containerd/config.toml"), containerdToml());
  const work = [
    "containerd & server=$!",
    "until ctr version > /dev/null 2>&1; do kill -0 $server; sleep 0.1; done",
    ...archives.map((_, index) => `ctr --namespace k8s.io images import /images-${index}.tar`),
    "kill $server; wait $server || true",
  ].join("\n");
  const script = nodeScript({
    hostname: "images",
    debian,
    folder: partial,
    cgroups: undefined,
    mounts: {
      [ROOT]: join(partial, "containerd"),
      ...Object.fromEntries(archives.map((each, index) => [`/images-${index}.tar`, each])),
    },
    command: ["sh", "-e", "-c", work],
  });
  const [command = "", ...args] = namespaceCommand(undefined, script);
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  const words = text(child.stderr);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (status !== 0)
    throw new Error(
      `The images could not be unpacked: ${(await words).split("\n").slice(-5).join("\n")}`,
    );
}

/**
 * Creates a node's view of the store, below its folder.
 * @param trustStore PEM of the roots that the images trust in this run.
 */
export async function placeStore(
  store: ImageStore,
  nodeFolder: string,
  trustStore: string,
): Promise<NodeStore> {
  const folder = join(nodeFolder, "containerd");
  await mkdir(join(folder, SNAPSHOTS), { recursive: true, mode: 0o700 });
  for (const database of DATABASES) {
    await mkdir(dirname(join(folder, database)), { recursive: true, mode: 0o700 });
    await cp(join(store.folder, database), join(folder, database));
  }
  const content = {
    lower: join(store.folder, CONTENT),
    upper: join(nodeFolder, "content/upper"),
    work: join(nodeFolder, "content/work"),
  };
  for (const each of [join(folder, CONTENT), content.upper, content.work])
    await mkdir(each, { recursive: true });
  const layers: Record<string, string> = {};
  for (const name of await readdir(join(store.folder, SNAPSHOTS))) {
    const cached = join(store.folder, SNAPSHOTS, name);
    const own = join(folder, SNAPSHOTS, name);
    const trust = await readFile(join(cached, "fs", TRUST_STORE), "utf8").catch(() => undefined);
    await mkdir(own, { mode: 0o700 });
    if (trust !== TRUST_PLACEHOLDER) {
      layers[name] = cached;
      continue;
    }
    await cp(cached, own, { recursive: true });
    await writeFile(join(own, "fs", TRUST_STORE), trustStore);
  }
  return { folder, layers, content };
}

/** Mounts of a node's store, by their path in the node; shared ones are read-only. */
export function storeLines(
  root: string,
  { folder, layers, content }: NodeStore,
): readonly string[] {
  const at = `${root}${ROOT}`;
  return [
    `mkdir -p ${at}`,
    `mount --bind ${folder} ${at}`,
    `mount -t overlay overlay -o lowerdir=${content.lower},upperdir=${content.upper},workdir=${content.work} ${at}/${CONTENT}`,
    ...Object.entries(layers).flatMap(([name, cached]) => [
      `mount --bind ${cached} ${at}/${SNAPSHOTS}/${name}`,
      `mount -o remount,bind,ro ${at}/${SNAPSHOTS}/${name}`,
    ]),
  ];
}
