import type { MastodonFacts, StaticClass, StaticPath } from "../facts/mastodon/facts.ts";

/**
 * Files of Mastodon's `public` folder by their cache time. The origin's nginx and the CDN's rules
 * are both built from one table, the release's facts. If they disagreed, a file that must not be
 * cached would be, and members would find it weeks later.
 */

type StaticFacts = Pick<MastodonFacts, "staticPaths">;

/** Path of the assets origin's health check. */
export const ASSETS_HEALTH_PATH = "/health";

/**
 * Seconds for which the edge may serve an old copy while the origin is down: a week, longer than
 * any rebuild. Cloudflare's Always Online would disable it, so the zone's settings switch that off
 * (cloudflare/cloudflare-docs `src/content/docs/cache/concepts/cache-control.mdx`).
 */
const STALE_IF_ERROR_SECONDS = 604_800;

/** `Cache-Control` of each class of paths. Undefined: the answer is a 404. */
export const CACHE_CONTROL: Readonly<Record<StaticClass, string | undefined>> = {
  refused: undefined,
  unkept: "no-store",
  // Other content has another name. A year is the maximum that RFC 9111's readers accept, so the
  // file is never requested again.
  hashed: `public, max-age=31536000, immutable, stale-if-error=${STALE_IF_ERROR_SECONDS}`,
  // May change with a release under the same name. The edge keeps a copy for each release; a
  // browser's copy is a day old at most.
  daily: `public, max-age=86400, stale-if-error=${STALE_IF_ERROR_SECONDS}`,
  brief: `public, max-age=300, stale-if-error=${STALE_IF_ERROR_SECONDS}`,
};

/**
 * `Cache-Control` of a 404. It is long enough to protect the origin from a page full of broken
 * names. It is short enough that a file which appears a moment later, during a rollout, is found.
 * If unset, Cloudflare keeps a 404 for three minutes.
 */
export const MISSING_CACHE_CONTROL = "public, max-age=30";

/** An additional row: the health check's answer is never cached. */
const HEALTH: StaticPath = { startsWith: ASSETS_HEALTH_PATH, class: "unkept" };

/** Every row of a release, with the assets host's own. The first match counts. */
export function staticPathsOf({ staticPaths }: StaticFacts): readonly StaticPath[] {
  const isRefused = (row: StaticPath): boolean => row.class === "refused";
  return [
    ...staticPaths.filter(isRefused),
    HEALTH,
    ...staticPaths.filter((row) => !isRefused(row)),
  ];
}

/**
 * Class of paths without a row, which a fork's image may add. The edge allows only those that are
 * named here or in `cloudflare.otherStaticPaths`.
 */
export const OTHER_STATIC_CLASS: StaticClass = "brief";

/**
 * The last part of a path with a digest in it; PCRE and JavaScript read the pattern the same way.
 */
export const DIGESTED_NAME = "[^/]*-[0-9a-f]{8,}\\.[^/]+$";

/**
 * A hidden part of a path, such as Vite's manifest folder and Propshaft's `.manifest.json`: never
 * served.
 */
export const HIDDEN_PART = "/\\.";

/** Regular expression of the paths that a row matches. */
export function patternOf({ startsWith, digested }: StaticPath): string {
  const prefix = `^${startsWith.replaceAll(".", "\\.")}`;
  return digested === true ? `${prefix}(.*/)?${DIGESTED_NAME}` : prefix;
}

/** The class of a path, decoded and without its query. */
export function staticClassOf(path: string, facts: StaticFacts): StaticClass {
  if (new RegExp(HIDDEN_PART, "u").test(path)) return "refused";
  const row = staticPathsOf(facts).find((each) => new RegExp(patternOf(each), "u").test(path));
  return row?.class ?? OTHER_STATIC_CLASS;
}
