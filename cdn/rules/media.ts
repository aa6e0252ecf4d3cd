import { PURGE_HEADER, PURGE_METHOD, PURGE_PATH } from "../../domain/media-purge.ts";
import {
  all,
  hasHeader,
  hostIs,
  methodIs,
  not,
  pathStartsWith,
  samePathAt,
} from "../expression.ts";
import type { EdgeRule, EdgeRules } from "./rule.ts";

/** Rules of the edge for the hosts of media. */

/** The headers of every answer of a media host, also of a miss. */
export const MEDIA_HEADERS: Readonly<Record<string, string>> = {
  // The bucket says it only to requests with an Origin, and the edge's copy may be of one without:
  // then no player and no canvas could read it.
  "Access-Control-Allow-Origin": "*",
  "X-Content-Type-Options": "nosniff",
  // A stranger's SVG or HTML that is opened as a page runs nothing
  // (docs.joinmastodon.org/admin/optional/object-storage-proxy).
  "Content-Security-Policy": "default-src 'none'; form-action 'none'",
};

/**
 * A day. Mastodon says ten years of each object, for no content comes under a name twice; but a
 * picture that a moderator deleted, an illegal one too, would be shown to everybody who has its
 * address for as long. The price: each file is asked for once a day where it is asked for at all
 * (R2: ten million reads a month are free). Free takes two hours and more.
 */
export const MEDIA_EDGE_SECONDS = 86_400;

/** The rules of media's hosts; none where there is no media. */
export function mediaRules(hosts: readonly string[]): EdgeRules {
  if (hosts.length === 0) return {};
  return {
    http_request_cache_settings: [mediaCacheRule(hosts)],
    http_response_headers_transform: [mediaHeadersRule(hosts)],
  };
}

/**
 * Blocks members' exports at the media hosts, because nobody reads them there. An export is the
 * whole account of a member. Mastodon hands it out by the storage's own address, for an hour
 * (mastodon/mastodon `app/controllers/backups_controller.rb`). R2 knows no ACLs, so at a media host
 * anyone who knows the name of an export could read it. The export would also stay at the edge for
 * a day after it is deleted.
 */
export function exportRules(hosts: readonly string[]): EdgeRules {
  if (hosts.length === 0) return {};
  return {
    http_request_firewall_custom: [
      {
        ref: "media_no_exports",
        description: "Members' exports are not read here",
        expression: all(hostIs(...hosts), pathStartsWith("/backups/")),
        action: "block",
      },
    ],
  };
}

/**
 * The way of Mastodon's word that a file is deleted to the Worker that forgets it. A redirect and
 * no rewrite: routes of Workers are compared with the address as it came. Mastodon's client follows
 * one to the same host, with method and header (httprb/http v5.3.1 `lib/http/redirector.rb`; seen
 * with 4.4.1). A 307, for it is the one that keeps a POST.
 * @param host the one that Mastodon asks, `S3_ALIAS_HOST`.
 */
export function purgeRules(host: string): EdgeRules {
  return {
    http_request_dynamic_redirect: [
      {
        ref: "media_purge",
        description: "Mastodon's word that a file is deleted is sent to who forgets it",
        expression: all(
          hostIs(host),
          methodIs(PURGE_METHOD),
          hasHeader(PURGE_HEADER.toLowerCase()),
          not(pathStartsWith(`${PURGE_PATH}/`)),
        ),
        action: "redirect",
        actionParameters: {
          fromValue: {
            statusCode: 307,
            targetUrl: { expression: samePathAt(`https://${host}${PURGE_PATH}`) },
            preserveQueryString: false,
          },
        },
      },
    ],
  };
}

/**
 * One rule of `http_request_cache_settings`: every file is kept, also of types that Cloudflare
 * wouldn't keep by itself.
 */
export function mediaCacheRule(hosts: readonly string[]): EdgeRule {
  return {
    ref: "media",
    description: "Media never changes under its name, and is looked for again each day",
    expression: hostIs(...hosts),
    action: "set_cache_settings",
    actionParameters: {
      cache: true,
      edgeTtl: {
        // Of a miss and an error the origin's own word, half a minute, or Cloudflare's, three: an
        // override would keep them as long.
        mode: "respect_origin",
        // On every plan (cloudflare/cloudflare-docs#18587, and
        // `cache/how-to/cache-rules/settings`); its page of plans still says Enterprise.
        statusCodeTtls: [{ statusCodeRange: { from: 200, to: 299 }, value: MEDIA_EDGE_SECONDS }],
      },
      // What a browser has, it keeps: no server can take that back.
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
