import { hostIs } from "../expression.ts";
import type { EdgeRule, EdgeRules } from "./rule.ts";

/** What the edge does for the hosts of media. Pure. */

/** The headers of every answer of a media host, also of a miss. */
export const MEDIA_HEADERS: Readonly<Record<string, string>> = {
  // The bucket says it only to requests with an Origin, and the edge's copy may be of one without: then no player and no canvas could read it.
  "Access-Control-Allow-Origin": "*",
  "X-Content-Type-Options": "nosniff",
  // A stranger's SVG or HTML that is opened as a page runs nothing (docs.joinmastodon.org/admin/optional/object-storage-proxy).
  "Content-Security-Policy": "default-src 'none'; form-action 'none'",
};

/** A year. Mastodon never writes another content under a name that it gave (its names are random), and says so for ten years in each object's own header. */
export const MEDIA_EDGE_SECONDS = 31_536_000;

/** The rules of media's hosts; none where there is no media. */
export function mediaRules(hosts: readonly string[]): EdgeRules {
  if (hosts.length === 0) return {};
  return {
    http_request_cache_settings: [mediaCacheRule(hosts)],
    http_response_headers_transform: [mediaHeadersRule(hosts)],
  };
}

/** One rule of `http_request_cache_settings`: every file is kept, also of types that Cloudflare wouldn't keep by itself. */
export function mediaCacheRule(hosts: readonly string[]): EdgeRule {
  return {
    ref: "media",
    description: "Media never changes under its name",
    expression: hostIs(...hosts),
    action: "set_cache_settings",
    actionParameters: {
      cache: true,
      // The origin's own word, a year and more for what is there: an override would keep misses as long.
      edgeTtl: { mode: "respect_origin" },
      browserTtl: { mode: "respect_origin" },
      // `?x=1`, `?x=2`, …: else a stranger can make the edge fetch one file for ever.
      cacheKey: { customKey: { queryString: { exclude: { all: true } } } },
      serveStale: { disableStaleWhileUpdating: false },
    },
  };
}

/** One rule of `http_response_headers_transform`. */
export function mediaHeadersRule(hosts: readonly string[]): EdgeRule {
  return {
    ref: "media",
    description: "Media is data, for every page, and never a page itself",
    expression: hostIs(...hosts),
    action: "rewrite",
    actionParameters: {
      headers: Object.fromEntries([
        ...Object.entries(MEDIA_HEADERS).map(
          ([name, value]) => [name, { operation: "set", value }] as const,
        ),
        ["Set-Cookie", { operation: "remove" }] as const,
      ]),
    },
  };
}
