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

/** What the rules of the web host are made of. */
export interface WebRulesArgs {
  readonly host: string;
  readonly streamingHost: string;
  /** Whether the public documents may be kept; not where a server shows itself to members only. */
  readonly publicDocumentsKept: boolean;
}

/**
 * Documents that are the same for everyone, said so by Mastodon with an empty `Vary` (mastodon/mastodon, `vary_by ''` in their controllers). Their query is part
 * of the cache's key, and so is the `Origin` header, by Cloudflare's default: answers with and without CORS don't mix.
 */
export const PUBLIC_DOCUMENTS = [
  "/.well-known/host-meta",
  "/.well-known/nodeinfo",
  "/.well-known/webfinger",
  "/actor",
  "/api/v1/custom_emojis",
  "/api/v1/instance",
  "/api/v1/peers/search",
  "/api/v2/instance",
  "/nodeinfo/2.0",
] as const;

/** All below it are the same for everyone, but for the one that may be for members only. */
export const PUBLIC_DOCUMENTS_BELOW = "/api/v1/instance/";
export const MEMBERS_DOCUMENT = "/api/v1/instance/domain_blocks";

/**
 * The web and the streaming host. A page and its ActivityPub document have one URL, told apart by `Accept`, which Cloudflare's cache doesn't look at: to keep
 * one is to show JSON to people, or one member's page to another. So nothing is kept but what is named.
 */
export function webRules({ host, streamingHost, publicDocumentsKept }: WebRulesArgs): EdgeRules {
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
                  pathIs(...PUBLIC_DOCUMENTS),
                  all(
                    pathStartsWith(PUBLIC_DOCUMENTS_BELOW),
                    not(pathStartsWith(MEMBERS_DOCUMENT)),
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
