import type { MastodonFacts } from "../facts/mastodon/facts.ts";
import { factsOf } from "../facts/mastodon/minors.ts";
import type { StackConfig } from "../config/schema.ts";
import { IMAGES, type Images } from "../config/images.ts";
import { mixedFaults } from "./upgrade.ts";

/**
 * Images and facts of the Mastodon that a configuration deploys, and the refusal of images without
 * a digest.
 */

/**
 * The images that a configuration deploys, from those of a release: a fork's images replace
 * Mastodon's.
 */
export function imagesOf({ fork }: Pick<StackConfig, "fork">, images: Images = IMAGES): Images {
  return fork === undefined
    ? images
    : { ...images, mastodon: fork.mastodon, streaming: fork.streaming };
}

/** Mastodon's release: the tag of its image; for a fork, the release that it is built on. */
export function versionOf({ fork }: Pick<StackConfig, "fork">, images: Images = IMAGES): string {
  return fork?.release ?? partsOf(images.mastodon).tag;
}

/**
 * Returns the facts of the Mastodon that a configuration deploys, from the images of a release.
 * @throws Error with a message for a minor without facts.
 */
export function deployedFacts(
  config: Pick<StackConfig, "fork">,
  images: Images = IMAGES,
): MastodonFacts {
  return factsOf(versionOf(config, images), releaseSaidBy(config));
}

/**
 * File or key that determines which Mastodon is deployed, in the form that begins a sentence about
 * it.
 */
export function releaseSaidBy({ fork }: Pick<StackConfig, "fork">): string {
  return fork === undefined ? "config/images.ts" : "mastodon:fork.release";
}

/** The parts of an image's name. */
export interface ImageParts {
  /** With the registry: `ghcr.io/mastodon/mastodon`. */
  readonly repository: string;
  readonly tag: string;
  /** `sha256:…`; undefined if the image is named only by its tag. */
  readonly digest: string | undefined;
}

/** @throws Error for a name without registry or tag, because each runtime would guess them. */
export function partsOf(image: string): ImageParts {
  const [, repository, tag, digest] =
    /^((?:[\w-]+(?:\.[\w-]+)+|localhost)(?::\d+)?(?:\/[\w.-]+)+):([\w.-]+)(?:@(sha256:[0-9a-f]{64}))?$/u.exec(
      image,
    ) ?? [];
  if (repository === undefined || tag === undefined)
    throw new Error(
      `"${image}" names no image: it takes a registry, a repository and a tag, as in "ghcr.io/example/image:1.2.3", and a digest after "@" where one is known.`,
    );
  return { repository, tag, digest };
}

/**
 * Whether two names mean the same content, as far as names show: the same tag, and no other digest.
 * Adding a digest to the deployed tag is no new deployment.
 */
export function isSameImage(one: string, other: string): boolean {
  const [a, b] = [partsOf(one), partsOf(other)];
  return (
    a.repository === b.repository &&
    a.tag === b.tag &&
    (a.digest === b.digest || a.digest === undefined || b.digest === undefined)
  );
}

/** The fault of web and streaming of two minor versions; none if they fit. */
export function imageFaults(config: Pick<StackConfig, "fork">, images: Images): readonly string[] {
  const { mastodon, streaming } = imagesOf(config, images);
  const saidBy = config.fork === undefined ? "config/images.ts" : "mastodon:fork";
  return mixedFaults(partsOf(mastodon).tag, partsOf(streaming).tag, saidBy);
}

/** Images that are named only by a tag. */
export function unpinnedImages(
  images: readonly string[] = Object.values(IMAGES),
): readonly string[] {
  return images.filter((image) => partsOf(image).digest === undefined);
}

/** Warning of a preview about unpinned images; undefined if all are pinned. */
export function unpinnedWarning(images?: readonly string[]): string | undefined {
  const unpinned = unpinnedImages(images);
  if (unpinned.length === 0) return undefined;
  return `${unpinned.length === 1 ? "An image is" : `${unpinned.length} images are`} named by a tag alone: whoever owns the tag decides what runs, with every key of this server:\n${unpinned.map((image) => `  ${image}`).join("\n")}\nBefore you deploy, run \`npm run images -- pin\` and commit config/images.ts.`;
}

/**
 * Refusal of an update whose images are not all pinned; the update then creates nothing. Undefined
 * if all are pinned.
 */
export function unpinnedRefusal(images?: readonly string[]): string | undefined {
  const warning = unpinnedWarning(images);
  return warning === undefined
    ? undefined
    : `${warning} If your registry gives no digests, set mastodon:images: { unpinned: allow }.`;
}
