import { normalizedPath, partsOf } from "./fields.ts";
import { headerOf, type EdgeRequest, type EdgeResponse, type Headers } from "./messages.ts";
import type { CacheSettings } from "./rules.ts";

/**
 * Rules of Cloudflare's cache: what it keeps, for how long and under which key. Sources are the
 * pages below https://developers.cloudflare.com/cache/ that each rule names. Origin Cache Control
 * is on. On Free, Pro and Business it can't be switched off (`concepts/cache-control/`).
 */

/** `no`: not cached. `default`: cached by its extension. `rule`: a cache rule makes it eligible. */
export type Eligibility = "no" | "default" | "rule";

/** `concepts/default-cache-behavior/#default-cached-file-extensions`. */
const EXTENSIONS: ReadonlySet<string> = new Set(
  `7z csv gif midi png tif zip avi doc gz mkv ppt tiff zst avif docx ico mp3 pptx ttf apk dmg iso mp4 ps webm bin ejs jar ogg rar webp
   bmp eot jpg otf svg woff bz2 eps jpeg pdf svgz woff2 class exe js pict swf xls css flac mid pls tar xlsx`.split(
    /\s+/u,
  ),
);

/**
 * TTL of an answer without a cache header: seconds by status
 * (`how-to/configure-cache-status-code/#edge-ttl`). Others are not kept.
 */
const DEFAULT_SECONDS: Readonly<Record<number, number>> = {
  200: 7_200,
  206: 7_200,
  301: 7_200,
  302: 1_200,
  303: 1_200,
  404: 180,
  410: 180,
};

/**
 * Whether a request may be answered from the cache. Only GET is kept, and also answers HEAD
 * (`concepts/cache-behavior/`).
 */
export function eligibilityOf(request: EdgeRequest, settings: CacheSettings): Eligibility {
  if (request.method !== "GET" && request.method !== "HEAD") return "no";
  if (settings.cache !== undefined) return settings.cache ? "rule" : "no";
  const { path } = partsOf(request.target);
  const extension = /\.(?<extension>[^./]+)$/u.exec(path)?.groups?.["extension"]?.toLowerCase();
  // "By default Cloudflare caches a website's robots.txt."
  return path === "/robots.txt" || EXTENSIONS.has(extension ?? "") ? "default" : "no";
}

/** Headers that are part of every key (`how-to/cache-keys/`). */
const KEY_HEADERS = [
  ...["origin", "x-http-method-override", "x-http-method", "x-method-override", "forwarded"],
  ...["x-forwarded-host", "x-host", "x-original-url", "x-rewrite-url"],
] as const;

/**
 * The key of an object: the URL after the rules, with its path normalized
 * (`how-to/cache-rules/settings/#cache-key`, its note). It contains the headers that attacks have
 * poisoned caches with, and excludes what the rules exclude.
 */
export function keyOf(request: EdgeRequest, { cacheKey }: CacheSettings): string {
  const { path, query } = partsOf(request.target);
  const ignored = cacheKey?.customKey?.queryString.exclude.all === true;
  const sorted = cacheKey?.ignoreQueryStringsOrder === true;
  const shown = sorted ? query.split("&").sort().join("&") : query;
  const headers = KEY_HEADERS.flatMap((name) => {
    const value = headerOf(request.headers, name);
    return value === undefined ? [] : [`${name}: ${value}`];
  });
  return [
    `${request.host}${normalizedPath(path)}${ignored || query === "" ? "" : `?${shown}`}`,
    ...headers,
  ].join("\n");
}

/** The cache's decision about an answer. */
export interface Storage {
  /** Seconds for which it is fresh; undefined: not kept. */
  readonly seconds: number | undefined;
  /** Cache status of the request that fetched it. */
  readonly status: "MISS" | "BYPASS" | "DYNAMIC";
  /** Whether its cookies are removed: only if a rule forces it to be kept. */
  readonly stripsCookies: boolean;
  /** Seconds after its expiry in which it may be served while a new one is fetched. */
  readonly whileRevalidating: number;
  /** Seconds after its expiry in which it may be served when the origin fails. */
  readonly ifError: number;
}

/**
 * Whether and for how long an answer is kept. `response` is the origin's own, with all its headers.
 */
export function storageOf(
  request: EdgeRequest,
  response: Pick<EdgeResponse, "status" | "headers">,
  settings: CacheSettings,
  eligibility: Eligibility,
): Storage {
  const control = cacheControlOf(response.headers);
  const kept = { stripsCookies: false, ...staleOf(control, settings) };
  if (eligibility === "no") return { ...kept, seconds: undefined, status: "DYNAMIC" };
  const { edgeTtl } = settings;
  const byStatus = edgeTtl?.statusCodeTtls?.find(({ statusCode, statusCodeRange }) =>
    statusCode === undefined
      ? response.status >= (statusCodeRange?.from ?? 0) &&
        response.status <= (statusCodeRange?.to ?? 999)
      : response.status === statusCode,
  )?.value;
  const forced = byStatus ?? (edgeTtl?.mode === "override_origin" ? edgeTtl.default : undefined);
  if (forced !== undefined) {
    // "Completely ignore any cache-control header"; "removes the Set-Cookie and the asset is
    // cached" (`concepts/cache-behavior/`). The page does not list the status codes; those that are
    // kept by default are used here. -1 is no-store (`how-to/configure-cache-status-code/#syntax`).
    const keeps = byStatus !== undefined ? byStatus >= 0 : response.status in DEFAULT_SECONDS;
    return { ...kept, seconds: keeps ? forced : undefined, status: "MISS", stripsCookies: keeps };
  }
  // "Preserves the Set-Cookie but does not cache the asset. A MISS will be returned every time";
  // without a rule, BYPASS (same page).
  if (response.headers["set-cookie"] !== undefined)
    return { ...kept, seconds: undefined, status: eligibility === "rule" ? "MISS" : "BYPASS" };
  const refuses = control.has("private") || control.has("no-store");
  // With Authorization "cached only if must-revalidate, public, or s-maxage is also present"
  // (`concepts/cache-control/#conditions`).
  const personal =
    request.headers["authorization"] !== undefined &&
    !["must-revalidate", "public", "s-maxage"].some((directive) => control.has(directive));
  // `Vary: *` is never kept; any other Vary is ignored, "except accept-encoding" (same page,
  // `vary`).
  const varies = (response.headers["vary"] ?? []).some((value) => value.trim() === "*");
  if (refuses || personal || varies) return { ...kept, seconds: undefined, status: "BYPASS" };
  const seconds = secondsOf(control, response, edgeTtl?.mode === "bypass_by_default");
  // "Caches and always revalidates" (`concepts/cache-control/#directives`): kept, and stale at
  // once. The status is BYPASS (`concepts/cache-responses/#bypass`).
  const status = seconds === 0 ? "BYPASS" : "MISS";
  return { ...kept, seconds, status };
}

function secondsOf(
  control: ReadonlyMap<string, string>,
  { status, headers }: Pick<EdgeResponse, "status" | "headers">,
  bypassByDefault: boolean,
): number | undefined {
  if (control.has("no-cache")) return 0;
  const age = control.get("s-maxage") ?? control.get("max-age");
  if (age !== undefined) return Number(age);
  const expires = headerOf(headers, "expires");
  if (expires !== undefined)
    return Math.max(
      0,
      (Date.parse(expires) - Date.parse(headerOf(headers, "date") ?? "")) / 1_000 || 0,
    );
  return bypassByDefault ? undefined : DEFAULT_SECONDS[status];
}

/**
 * Times after expiry in which a stale answer may be served
 * (`concepts/revalidation/#directives-that-disable-stale-while-revalidate`,
 * `concepts/cache-control/#revalidation`).
 */
function staleOf(
  control: ReadonlyMap<string, string>,
  { serveStale, edgeTtl }: CacheSettings,
): Pick<Storage, "whileRevalidating" | "ifError"> {
  const overridden = edgeTtl?.mode === "override_origin";
  const strict = ["must-revalidate", "proxy-revalidate", "s-maxage", "no-cache"];
  if (!overridden && strict.some((directive) => control.has(directive)))
    return { whileRevalidating: 0, ifError: 0 };
  const off = serveStale?.disableStaleWhileUpdating === true;
  return {
    whileRevalidating: off ? 0 : Number(control.get("stale-while-revalidate") ?? 0),
    // If unset, "a cached stale response may be used" as long as it exists; 0 forbids it.
    ifError: Number(control.get("stale-if-error") ?? Number.POSITIVE_INFINITY),
  };
}

/** Directives of `Cache-Control` with their values. */
export function cacheControlOf(headers: Headers): ReadonlyMap<string, string> {
  const directives = (headers["cache-control"] ?? []).join(",").split(",");
  return new Map(
    directives.flatMap((directive) => {
      const [name = "", value = ""] = directive.trim().split("=", 2);
      return name === "" ? [] : [[name.toLowerCase(), value.replaceAll('"', "")] as const];
    }),
  );
}

/**
 * `Cache-Control` for browsers. The zone's Browser Cache TTL raises the origin's value for a
 * cacheable file, unless it is 0. A rule's value works the same way, and "will be ignored if
 * max-age is higher" (`how-to/edge-browser-cache-ttl/set-browser-ttl/`).
 */
export function browserControl(
  response: Pick<EdgeResponse, "headers">,
  { browserTtl }: CacheSettings,
  eligibility: Eligibility,
  zoneSeconds: number,
): string | undefined {
  const [said] = response.headers["cache-control"] ?? [];
  if (eligibility === "no" || browserTtl?.mode === "respect_origin") return said;
  const control = cacheControlOf(response.headers);
  const least = browserTtl?.default ?? zoneSeconds;
  const raises =
    least > 0 &&
    !["private", "no-store", "no-cache"].some((directive) => control.has(directive)) &&
    Number(control.get("max-age") ?? 0) < least;
  return raises ? `max-age=${least}` : said;
}
