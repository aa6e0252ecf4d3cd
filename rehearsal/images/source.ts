import { partsOfReference } from "./oci.ts";
import { serveImages } from "./loopback-registry.ts";
import { pulledArchive } from "./pulled.ts";
import { findCrane, mustReach, type RegistryOptions } from "./registry.ts";
import { imageArchive, type ImageOptions } from "./store.ts";

/** Source of a run's images: built here, or pulled from their registries. */
export interface ImageSource {
  readonly kind: "local" | "real";
  /**
   * Registry that replaces the names' own; {@link LOOPBACK} serves the images that are built here.
   */
  readonly registry?: string | undefined;
}

/**
 * Name of a registry that a run opens itself with the images that are built here, to test the pull.
 */
export const LOOPBACK = "loopback";

/**
 * Images that are always built here. The real connector would contact Cloudflare, and the fake
 * forwards what the edge sends. The others do not belong to the stack.
 */
const ALWAYS_LOCAL: ReadonlySet<string> = new Set([
  "docker.io/cloudflare/cloudflared",
  "docker.io/library/coredns",
  "docker.io/library/doks-system",
  "registry.k8s.io/pause",
]);

/** Images that are pulled if images are real. */
export function pulledOf(references: readonly string[]): readonly string[] {
  return references.filter((each) => !ALWAYS_LOCAL.has(partsOfReference(each).repository));
}

/** @throws Error for options that contradict each other. */
export function imageSourceOf({ images, registry }: Words): ImageSource {
  if (images !== "local" && images !== "real")
    throw new Error(`--images is "${images}"; say local, made here, or real, pulled.`);
  if (images === "local" && registry !== undefined)
    throw new Error(
      `--registry ${registry} says where to pull from, and nothing is pulled: add --images real, or leave --registry out.`,
    );
  if (registry !== undefined && registry !== LOOPBACK && !/^[\w.-]+:\d+$/u.test(registry))
    throw new Error(
      `--registry is "${registry}"; say HOST:PORT, as in localhost:5000, or ${LOOPBACK}.`,
    );
  return { kind: images, registry };
}

/** Options of the command line about images. */
interface Words {
  readonly images: string;
  readonly registry?: string | undefined;
}

/** Limits of a run about images, in addition to those of every rehearsal. */
export function notProvenOf({ kind, registry }: ImageSource): readonly string[] {
  const own =
    "Mastodon's own code does not run: in its images are Debian's Ruby, Puma and Sidekiq, Node, and small programs of ours, under the pinned names.";
  if (kind === "local")
    return [
      own,
      "No registry is asked: the images are on the nodes before the first pod, so neither pulling nor digests are rehearsed.",
    ];
  if (registry === LOOPBACK)
    return [
      own,
      "The images were pulled from a registry on loopback that held those made here, by their tags: the pinned digests are not rehearsed.",
    ];
  return [
    "The connector is a stand-in, as Cloudflare's edge is: the image of cloudflared is pulled by nobody.",
    "To each pulled image a layer with this run's roots and two variables of the environment are added.",
  ];
}

/** @throws Error at once, with a remedy, if images must be pulled and no registry answers. */
export async function mustHaveImages(
  references: readonly string[],
  { kind, registry }: ImageSource,
): Promise<void> {
  if (kind === "real" && registry !== LOOPBACK) await mustReach(pulledOf(references), { registry });
}

/** Archives with the images of these names, for `ctr images import`. */
export async function archivesOf(
  references: readonly string[],
  source: ImageSource,
  options: ImageOptions & { readonly trustStore: string },
): Promise<readonly string[]> {
  const progress = options.progress ?? (() => undefined);
  if (source.kind === "local") return [await imageArchive(references, options)];
  const real = pulledOf(references);
  const made = await imageArchive(
    references.filter((each) => !real.includes(each)),
    options,
  );
  const pull = async (registry: RegistryOptions): Promise<readonly string[]> => [
    made,
    await pulledArchive(real, options.trustStore, registry, progress),
  ];
  if (source.registry !== LOOPBACK) return await pull({ registry: source.registry });
  const served = await serveImages(
    await findCrane(progress),
    await imageArchive(real, options),
    real,
  );
  try {
    // They have other digests than the names, because they were built here.
    return await pull({ registry: served.registry, byTag: true });
  } finally {
    await served.stop();
  }
}
