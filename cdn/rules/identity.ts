import { all, hostIs, not, pathIs, samePathAt } from "../expression.ts";
import type { EdgeRules } from "./rule.ts";

/** Input of the rules for the identity's host. */
export interface IdentityRulesArgs {
  /** `LOCAL_DOMAIN`: the part after the @. */
  readonly host: string;
  readonly webHost: string;
  /** Whether everything else there goes to the web host, too. Not where somebody else's site is. */
  readonly redirectsAll: boolean;
}

/**
 * Paths on which other servers look up a name
 * (https://docs.joinmastodon.org/admin/config/#web_domain; mastodon/mastodon `config/routes.rb`).
 */
export const DISCOVERY_PATHS = [
  "/.well-known/host-meta",
  "/.well-known/host-meta.json",
  "/.well-known/nodeinfo",
  "/.well-known/webfinger",
] as const;

/**
 * Accounts are called after another host than the one that answers. Without these redirects nobody
 * finds them; without CORS on the redirects apps in a browser don't, since each hop must allow it.
 */
export function identityRules({ host, webHost, redirectsAll }: IdentityRulesArgs): EdgeRules {
  const discovery = all(hostIs(host), pathIs(...DISCOVERY_PATHS));
  const target = samePathAt(`https://${webHost}`);
  return {
    http_request_dynamic_redirect: [
      {
        ref: "identity_discovery",
        description: "Who asks for an account by its name is sent to where it lives",
        expression: discovery,
        action: "redirect",
        actionParameters: {
          fromValue: {
            statusCode: 301,
            targetUrl: { expression: target },
            preserveQueryString: true,
          },
        },
      },
      ...(redirectsAll
        ? [
            {
              ref: "identity_rest",
              description: "Everybody else at this host is sent to the server",
              expression: all(hostIs(host), not(pathIs(...DISCOVERY_PATHS))),
              action: "redirect",
              // 302: browsers remember a 301 for ever, and a site may stand here one day.
              actionParameters: {
                fromValue: {
                  statusCode: 302,
                  targetUrl: { expression: target },
                  preserveQueryString: true,
                },
              },
            } as const,
          ]
        : []),
    ],
    http_response_headers_transform: [
      {
        ref: "identity_cross_origin",
        description: "Apps in a browser may follow the way to an account",
        expression: discovery,
        action: "rewrite",
        actionParameters: {
          headers: { "Access-Control-Allow-Origin": { operation: "set", value: "*" } },
        },
      },
    ],
  };
}

/** `www.` of the identity leads to the server, for people who type it. */
export function wwwRules(wwwHost: string, webHost: string): EdgeRules {
  return {
    http_request_dynamic_redirect: [
      {
        ref: "www",
        description: "Who types www. is sent to the server",
        expression: hostIs(wwwHost),
        action: "redirect",
        actionParameters: {
          fromValue: {
            statusCode: 302,
            targetUrl: { expression: samePathAt(`https://${webHost}`) },
            preserveQueryString: true,
          },
        },
      },
    ],
  };
}
