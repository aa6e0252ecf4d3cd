import type { MastodonFacts, StaticClass, StaticPath } from "../facts/mastodon/facts.ts";

/**
 * The files of Mastodon's `public` folder by how long they may be kept. The origin's nginx and the
 * CDN's rules are both made from one table, the release's facts: one that keeps what the other says
 * must not be kept is found by members, weeks later. Pure.
 */

type StaticFacts = Pick<MastodonFacts, "staticPaths">;

/** Path of the assets origin's health check. */
export const ASSETS_HEALTH_PATH = "/health";

/**
 * Seconds for which the edge may serve an old copy while the origin is down: a week, longer than
 * any rebuild. Ignored where Cloudflare's Always Online is on, which the zone's settings therefore
 * switch off (cloudflare/cloudflare-docs `src/content/docs/cache/concepts/cache-control.mdx`).
 */
const STALE_IF_ERROR_SECONDS = 604_800;

/** `Cache-Control` of each class of paths. Undefined: the answer is a 404. */
export const CACHE_CONTROL: Readonly<Record<StaticClass, string | undefined>> = {
  refused: undefined,
  unkept: "no-store",
  // Another content has another name: a year, the most that RFC 9111's readers take seriously, and
  // never asked for again.
  hashed: `public, max-age=31536000, immutable, stale-if-error=${STALE_IF_ERROR_SECONDS}`,
  // May change with a release under the same name. The edge keeps each release's apart; a browser's
  // copy is a day old at most.
  daily: `public, max-age=86400, stale-if-error=${STALE_IF_ERROR_SECONDS}`,
  brief: `public, max-age=300, stale-if-error=${STALE_IF_ERROR_SECONDS}`,
};

/**
 * `Cache-Control` of a 404. Long enough that a page full of broken names doesn't fall on the
 * origin, short enough that a file which comes a moment later, in the middle of a rollout, is
 * found. Unsaid, Cloudflare keeps a 404 for three minutes.
 */
export const MISSING_CACHE_CONTROL = "public, max-age=30";

/** Our own row: nobody keeps the answer whether the origin is well. */
const HEALTH: StaticPath = { startsWith: ASSETS_HEALTH_PATH, class: "unkept" };

/** Every row of a release, the assets host's own among them. The first that fits counts. */
export function staticPathsOf({ staticPaths }: StaticFacts): readonly StaticPath[] {
  const isRefused = (row: StaticPath): boolean => row.class === "refused";
  return [
    ...staticPaths.filter(isRefused),
    HEALTH,
    ...staticPaths.filter((row) => !isRefused(row)),
  ];
}

/**
 * Of what no row names: whatever a fork's image brings. The edge lets through only what is named
 * here or in `cloudflare.otherStaticPaths`.
 */
export const OTHER_STATIC_CLASS: StaticClass = "brief";

/** A name in the last part of a path that carries a digest: PCRE and JavaScript read it alike. */
export const DIGESTED_NAME = "[^/]*-[0-9a-f]{8,}\\.[^/]+$";

/**
 * A part of a path that is hidden, Vite's manifest folder and Propshaft's `.manifest.json` among
 * them: never served.
 */
export const HIDDEN_PART = "/\\.";

/** A row as the regular expression of the paths it fits. */
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
