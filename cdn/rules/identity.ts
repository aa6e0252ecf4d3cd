import { all, hostIs, not, pathIs, samePathAt } from "../expression.ts";
import type { EdgeRules } from "./rule.ts";

/** Input of the rules for the identity's host. */
export interface IdentityRulesArgs {
  /** `LOCAL_DOMAIN`: the part after the @. */
  readonly host: string;
  readonly webHost: string;
  /** Whether every other path redirects to the web host. False if another site is at this host. */
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
 * Rules for account names whose host is not the web host. Without these redirects other servers
 * can't find accounts. Without CORS on the redirects apps in a browser can't either, because each
 * hop must allow it.
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
              // 302, because browsers keep a 301 without limit and a site may be here one day.
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

/** Redirects `www.` of the identity to the server, for people who type it. */
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
