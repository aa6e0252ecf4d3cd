import type { MastodonFacts } from "../facts/mastodon/facts.ts";
import { factsOf } from "../facts/mastodon/minors.ts";
import type { StackConfig } from "./schema.ts";

/**
 * Every container image that runs, one a line: repository, tag and, where it is known, digest.
 * Renovate bumps the lines (`renovate.json`), `npm run images -- pin` adds the digests. A digest
 * stands here only where it was resolved at the registry, or where independent public records agree
 * on it; those are named beside it. A tag alone can be moved to other content by whoever owns it.
 */
export const IMAGES = {
  /**
   * Rails: web, Sidekiq, Jobs; and the static files (mastodon/mastodon `docker-compose.yml`).
   * v4.7.6 is the newest release seen in public: linuxserver/docker-mastodon's release v4.7.6-ls226
   * of 2026-11-26 holds its text. No two public records of its digest were found.
   */
  mastodon: "ghcr.io/mastodon/mastodon:v4.7.6",
  /** The streaming server. Same source. */
  streaming: "ghcr.io/mastodon/mastodon-streaming:v4.7.6",
  /**
   * Serves the static files, as user 101 on port 8080. The tag was built anew several times; the
   * digest is the one that cloudinfraz/s3proxy-rs and lxshwyan/WyanDesk have in their Dockerfiles.
   */
  nginx:
    "docker.io/nginxinc/nginx-unprivileged:1.29.8-alpine@sha256:0c79d56aee561a1d81c63f00eee5fb5fe29279560cdc55e91425133104c7fbe6",
  /**
   * `psql` for the database grants. Tag and digest as wizkidword/arctic-rss and
   * zhouwen-giser/skill-driven-agent-runtime (`infra/postgres/Dockerfile.pgvector-hardened`) have
   * them.
   */
  postgres:
    "docker.io/library/postgres:17.10-alpine3.23@sha256:8189a1f6e40904781fc9e2612687877791d21679866db58b1de996b31fc312e4",
  /**
   * Measures pods and nodes; tag and digest as minikube 1.38.1's addons have them, the digest also
   * as K3s mirrors it (`rancher/mirrored-metrics-server`).
   */
  metricsServer:
    "registry.k8s.io/metrics-server/metrics-server:v0.8.1@sha256:b2d2efaf5ac3b366ed0f839d2412a2c4279d4fc2a2a733f12c52133faed36c41",
  /**
   * The tunnel's connector; tag and digest as futuroptimist/sugarkube and shepherdjerred's homelab
   * (`versions.ts`) have them.
   */
  cloudflared:
    "docker.io/cloudflare/cloudflared:2026.7.3@sha256:e39ee8da81ad5e05d77f38d2f51c60ca51bf2a8450ac3abab50c17fdb91d91bf",
} as const;

/** The images of one release: the same keys, with any tags. */
export type Images = Readonly<Record<keyof typeof IMAGES, string>>;

/**
 * The images that a configuration deploys, given those of a release: a fork's in the place of
 * Mastodon's.
 */
export function imagesOf({ fork }: Pick<StackConfig, "fork">, images: Images = IMAGES): Images {
  return fork === undefined
    ? images
    : { ...images, mastodon: fork.mastodon, streaming: fork.streaming };
}

/** Mastodon's release: the tag of its image; of a fork, the one that it is built on. */
export function versionOf({ fork }: Pick<StackConfig, "fork">, images: Images = IMAGES): string {
  return fork?.release ?? partsOf(images.mastodon).tag;
}

/**
 * Returns the facts of the Mastodon that a configuration deploys, given the images of a release.
 * @throws Error, one sentence, for a minor that nobody wrote the facts of.
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
  /** `sha256:…`; undefined where the image is named by its tag alone. */
  readonly digest: string | undefined;
}

/** @throws Error for a name without registry or tag: both would be guessed by whoever pulls it. */
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
 * Whether two names stand for one content, as far as names tell: the same tag, and no other digest.
 * Who adds the digest of a tag that runs deploys nothing new.
 */
export function isSameImage(one: string, other: string): boolean {
  const [a, b] = [partsOf(one), partsOf(other)];
  return (
    a.repository === b.repository &&
    a.tag === b.tag &&
    (a.digest === b.digest || a.digest === undefined || b.digest === undefined)
  );
}

/** The images that are named by a tag alone. */
export function unpinnedImages(
  images: readonly string[] = Object.values(IMAGES),
): readonly string[] {
  return images.filter((image) => partsOf(image).digest === undefined);
}

/** Warning of a preview about unpinned images; undefined when all are pinned. */
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
