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
   * Those that are the same for everyone. Their query is part of the cache's key, and so is the
   * `Origin` header, by Cloudflare's default: answers with and without CORS don't mix.
   */
  readonly publicDocuments: MastodonFacts["publicDocuments"];
  /** Whether they may be kept; not where a server shows itself to members only. */
  readonly publicDocumentsKept: boolean;
}

/**
 * The web and the streaming host. A page and its ActivityPub document have one URL, told apart by
 * `Accept`, which Cloudflare's cache doesn't look at: to keep one is to show JSON to people, or one
 * member's page to another. So nothing is kept but what is named.
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
      // The last rule that fits decides.
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
                // Never of a request that says who asks.
                not(
                  either(hasHeader("authorization"), hasHeader("cookie"), hasHeader("signature")),
                ),
              ),
              action: "set_cache_settings",
              actionParameters: {
                cache: true,
                // What doesn't say how long isn't kept at all.
                edgeTtl: { mode: "bypass_by_default" },
                browserTtl: { mode: "respect_origin" },
              },
            } as const,
          ]
        : []),
    ],
  };
}
