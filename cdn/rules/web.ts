import type { MastodonFacts } from "../../facts/mastodon/facts.ts";
import {
  all,
  either,
  hasHeader,
  hostIs,
  methodIs,
  not,
  pathIs,
  pathStartsWith,
} from "../expression.ts";
import type { EdgeRules } from "./rule.ts";

/** Input of the web host's rules. */
export interface WebRulesArgs {
  readonly host: string;
  readonly streamingHost: string;
  /**
   * Documents that are the same for everyone. Their query is part of the cache key. So is the
   * `Origin` header, by Cloudflare's default: answers with and without CORS don't mix.
   */
  readonly publicDocuments: MastodonFacts["publicDocuments"];
  /** Whether the edge may cache them. False if the server shows itself to members only. */
  readonly publicDocumentsKept: boolean;
}

/**
 * Rules for the web and the streaming host. A page and its ActivityPub document have one URL and
 * differ by `Accept`, which Cloudflare's cache ignores. A cached answer would show JSON to people,
 * or one member's page to another. So the edge caches only what is named here.
 */
export function webRules({
  host,
  streamingHost,
  publicDocuments,
  publicDocumentsKept,
}: WebRulesArgs): EdgeRules {
  return {
    http_request_cache_settings: [
      {
        ref: "web_never_kept",
        description: "Pages, API and federation are never kept",
        expression: hostIs(host, streamingHost),
        action: "set_cache_settings",
        actionParameters: { cache: false },
      },
      // The last matching rule decides.
      ...(publicDocumentsKept
        ? [
            {
              ref: "web_public_documents",
              description:
                "The few documents that are the same for everyone are kept as long as Mastodon says",
              expression: all(
                hostIs(host),
                methodIs("GET", "HEAD"),
                either(
                  pathIs(...publicDocuments.whole),
                  all(
                    either(...publicDocuments.below.map(pathStartsWith)),
                    not(pathStartsWith(publicDocuments.forMembers)),
                  ),
                ),
                // Never a request with credentials.
                not(
                  either(hasHeader("authorization"), hasHeader("cookie"), hasHeader("signature")),
                ),
              ),
              action: "set_cache_settings",
              actionParameters: {
                cache: true,
                // An answer without a cache header is not cached at all.
                edgeTtl: { mode: "bypass_by_default" },
                browserTtl: { mode: "respect_origin" },
              },
            } as const,
          ]
        : []),
    ],
  };
}
