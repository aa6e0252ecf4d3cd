import { partsOf } from "../../domain/images.ts";
import { askRegistry, urlOf, type Patience } from "./registry.ts";

/**
 * Lists the tags of a repository and finds a newer patch of the pinned minor
 * (https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-tags).
 */

/** Number of tags for each request. A registry may return fewer. */
const PAGE = 1000;
/**
 * Limit of pages, against a list that never ends: 100,000 tags, at the 100 that ghcr.io returns by
 * default.
 */
const MOST_PAGES = 1000;

/**
 * Returns all tags of a repository, page after page, in the registry's order.
 * @param repository `ghcr.io/mastodon/mastodon`.
 * @throws Error with a message: unknown repository, a registry that refuses or does not answer, or
 * a list without an end.
 */
export async function tagsOf(
  repository: string,
  patience: Patience = {},
): Promise<readonly string[]> {
  const first = new URL(`${urlOf(repository)}/tags/list?n=${PAGE}`);
  const tags: string[] = [];
  let url: URL | undefined = first;
  for (let page = 0; url !== undefined; page++) {
    if (page === MOST_PAGES)
      throw new Error(`${repository}: its list of tags has no end; ${page} pages were read.`);
    const response = await askRegistry(repository, url.href, patience);
    if (!response.ok)
      throw new Error(
        `${repository}: the registry lists no tags (${response.status} ${response.statusText}). If the repository is private, they can't be read by this; else try again later.`,
      );
    const body = (await response.json()) as { readonly tags?: readonly string[] | null };
    tags.push(...(body.tags ?? []));
    url = nextPage(repository, first, response.headers.get("link"));
  }
  return tags;
}

/** URL of the next page; undefined on the last one. The token is sent to no other host. */
function nextPage(repository: string, first: URL, link: string | null): URL | undefined {
  const [, target] = /<([^>]+)>\s*;\s*rel="?next"?/iu.exec(link ?? "") ?? [];
  if (target === undefined) return undefined;
  const next = new URL(target, first);
  if (next.origin !== first.origin)
    throw new Error(
      `${repository}: the registry continues its list of tags at ${next.origin}, which is another one. Nothing was asked there.`,
    );
  return next;
}

interface Version {
  readonly minor: string;
  readonly patch: number;
}

/** Only "v4.7.6". "v4.7.7-rc.1", "v4.7", "nightly.2026-11-20" and "sha-0a1b2c3" are no releases. */
function versionIn(tag: string): Version | undefined {
  const [, minor, patch] = /^v(\d+\.\d+)\.(\d+)$/u.exec(tag) ?? [];
  return minor === undefined ? undefined : { minor, patch: Number(patch) };
}

/**
 * Returns the newest patch of the pinned minor; undefined if it is the pinned one.
 * @param tags tags of each repository. A release counts once all repositories have it, because web
 * and streaming must have the same version.
 */
export function newerPatch(
  pinned: string,
  tags: readonly (readonly string[])[],
): string | undefined {
  const own = versionIn(pinned);
  const [some = [], ...others] = tags;
  return some
    .filter((tag) => others.every((list) => list.includes(tag)))
    .flatMap((tag) => {
      const version = versionIn(tag);
      return version === undefined || version.minor !== own?.minor || version.patch <= own.patch
        ? []
        : [{ tag, patch: version.patch }];
    })
    .sort((one, other) => other.patch - one.patch)[0]?.tag;
}

/**
 * Returns a message if a newer patch of the pinned minor exists for all of these images; undefined
 * if there is none.
 * @param images Mastodon's, of one release.
 */
export async function patchFault(
  images: readonly string[],
  patience: Patience = {},
): Promise<string | undefined> {
  const parts = images.map((image) => partsOf(image));
  const tags = await Promise.all(parts.map(({ repository }) => tagsOf(repository, patience)));
  const pinned = parts[0]?.tag ?? "";
  const newer = newerPatch(pinned, tags);
  return newer === undefined
    ? undefined
    : `Mastodon ${newer} is there, and config/images.ts says ${pinned}: patches of a minor close security holes. Read its notes (https://github.com/mastodon/mastodon/releases/tag/${newer}), set both tags to ${newer} in config/images.ts, run \`npm run images -- pin\`, commit it.`;
}
