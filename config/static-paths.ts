/**
 * The files of Mastodon's `public` folder by how long they may be kept. The origin's nginx and the CDN's rules are both made from this one table:
 * one that keeps what the other says must not be kept is found by members, weeks later. Pure.
 */

/** How long copies of a file may be kept, and whether the assets host has it at all. */
export type StaticClass = "refused" | "unkept" | "hashed" | "daily" | "brief";

/** A row: paths that begin so are of this class. */
export interface StaticPath {
  readonly startsWith: string;
  /** Only those whose last part carries a digest, as Propshaft writes it: `logo-0a1b2c3d.svg`. */
  readonly digested?: true;
  readonly class: StaticClass;
}

/** Where the assets origin says that it is well. */
export const ASSETS_HEALTH_PATH = "/health";

/**
 * How long the edge may go on with an old copy while the origin is down: a week, longer than any rebuild. Ignored where Cloudflare's Always Online
 * is on, which the zone's settings therefore switch off (cloudflare/cloudflare-docs `src/content/docs/cache/concepts/cache-control.mdx`).
 */
const STALE_IF_ERROR_SECONDS = 604_800;

/** What an answer of each class says in `Cache-Control`; undefined: such a path is answered as one that isn't there. */
export const CACHE_CONTROL: Readonly<Record<StaticClass, string | undefined>> = {
  refused: undefined,
  unkept: "no-store",
  // Another content has another name: a year, the most that RFC 9111's readers take seriously, and never asked for again.
  hashed: `public, max-age=31536000, immutable, stale-if-error=${STALE_IF_ERROR_SECONDS}`,
  // May change with a release under the same name. The edge keeps each release's apart; a browser's copy is a day old at most.
  daily: `public, max-age=86400, stale-if-error=${STALE_IF_ERROR_SECONDS}`,
  brief: `public, max-age=300, stale-if-error=${STALE_IF_ERROR_SECONDS}`,
};

/**
 * What an answer says that a file isn't there. Long enough that a page full of broken names doesn't fall on the origin, short enough that a
 * file which comes a moment later, in the middle of a rollout, is found. Unsaid, Cloudflare keeps a 404 for three minutes.
 */
export const MISSING_CACHE_CONTROL = "public, max-age=30";

/** The first row that fits counts (mastodon/mastodon `vite.config.mts`, `lib/mastodon/middleware/public_file_server.rb`, `public/`). */
export const STATIC_PATHS: readonly StaticPath[] = [
  // The service worker belongs to the web host's origin: from another one it is refused by browsers, and a copy that is kept here outlives a release.
  { startsWith: "/sw.js", class: "refused" },
  { startsWith: "/packs/sw.js", class: "refused" },
  // Media of a server without object storage; this stack has none on disk.
  { startsWith: "/system/", class: "refused" },
  { startsWith: ASSETS_HEALTH_PATH, class: "unkept" },
  { startsWith: "/packs/", class: "hashed" },
  { startsWith: "/assets/", digested: true, class: "hashed" },
  { startsWith: "/emoji/", class: "daily" },
  { startsWith: "/sounds/", class: "daily" },
  { startsWith: "/ocr/", class: "daily" },
  { startsWith: "/avatars/original/", class: "daily" },
  { startsWith: "/headers/original/", class: "daily" },
  { startsWith: "/badge.png", class: "daily" },
  { startsWith: "/oops.", class: "daily" },
  { startsWith: "/loading.", class: "daily" },
  { startsWith: "/embed.js", class: "daily" },
  { startsWith: "/web-push-icon_", class: "daily" },
  { startsWith: "/500.html", class: "brief" },
  { startsWith: "/robots.txt", class: "brief" },
];

/** Of what no row names: whatever a fork's image brings. The edge lets through only what is named here or in `cloudflare.otherStaticPaths`. */
export const OTHER_STATIC_CLASS: StaticClass = "brief";

/** A name in the last part of a path that carries a digest: PCRE and JavaScript read it alike. */
export const DIGESTED_NAME = "[^/]*-[0-9a-f]{8,}\\.[^/]+$";

/** A part of a path that is hidden, Vite's manifest folder and Propshaft's `.manifest.json` among them: never served. */
export const HIDDEN_PART = "/\\.";

/** A row as the regular expression of the paths it fits. */
export function patternOf({ startsWith, digested }: StaticPath): string {
  const prefix = `^${startsWith.replaceAll(".", "\\.")}`;
  return digested === true ? `${prefix}(.*/)?${DIGESTED_NAME}` : prefix;
}

/** The class of a path, decoded and without its query. */
export function staticClassOf(path: string): StaticClass {
  if (new RegExp(HIDDEN_PART, "u").test(path)) return "refused";
  const row = STATIC_PATHS.find((each) => new RegExp(patternOf(each), "u").test(path));
  return row?.class ?? OTHER_STATIC_CLASS;
}
