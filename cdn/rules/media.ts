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

/** Headers of every response of a media host, including a miss. */
export const MEDIA_HEADERS: Readonly<Record<string, string>> = {
  // The bucket sends it only for requests with an Origin, and the copy at the edge may come from
  // one without. Then no player and no canvas could read the file.
  "Access-Control-Allow-Origin": "*",
  "X-Content-Type-Options": "nosniff",
  // An uploaded SVG or HTML file that is opened as a page can't run scripts
  // (docs.joinmastodon.org/admin/optional/object-storage-proxy).
  "Content-Security-Policy": "default-src 'none'; form-action 'none'",
};

/**
 * A day. Mastodon sets ten years on each object, because a name never gets other content. For so
 * long the edge would also serve a picture that a moderator deleted, an illegal one included.
 *
 * The cost: the edge requests each file in use once a day (R2: ten million reads a month are free).
 * Free allows two hours and more.
 */
export const MEDIA_EDGE_SECONDS = 86_400;

/** Rules for the media hosts; none if there is no media host. */
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
 * Redirects Mastodon's purge request for a deleted file to the Worker. It is a redirect, not a
 * rewrite, because Cloudflare matches routes of Workers against the original URL. It is a 307,
 * because that keeps the method POST. Mastodon's client follows a redirect to the same host with
 * method and header (httprb/http v5.3.1 `lib/http/redirector.rb`; seen with 4.4.1).
 * @param host the host that Mastodon requests, `S3_ALIAS_HOST`.
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
 * One rule of `http_request_cache_settings`: caches every file, including types that Cloudflare
 * does not cache by default.
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
        // For a miss or an error the origin's header applies (half a minute) or Cloudflare's
        // default (three). An override would keep them as long as files.
        mode: "respect_origin",
        // Available on every plan (cloudflare/cloudflare-docs#18587, and
        // `cache/how-to/cache-rules/settings`). Cloudflare's page of plans still says Enterprise.
        statusCodeTtls: [{ statusCodeRange: { from: 200, to: 299 }, value: MEDIA_EDGE_SECONDS }],
      },
      // A browser keeps its copy, and no server can remove it.
      browserTtl: { mode: "respect_origin" },
      // `?x=1`, `?x=2`, …: otherwise a client could make the edge fetch one file any number of
      // times.
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
