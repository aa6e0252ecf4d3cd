import { hostIs } from "../expression.ts";
import type { EdgeRules } from "./rule.ts";

/**
 * Address of the visitor, and host and protocol of the request. The edge sets them, never the
 * visitor.
 */

/**
 * Headers that a proxy would send, and that Rack and Rails trust (rack/rack v3.2
 * `lib/rack/request.rb`; rails/rails v8.1 `action_dispatch/middleware/remote_ip.rb`).
 *
 * `Forwarded` has precedence over `X-Forwarded-For`, and Cloudflare passes it on
 * (developers.cloudflare.com/fundamentals/reference/http-headers). With it a visitor could choose
 * the address that bans and rate limits see. `Client-Ip` with another address answers 500,
 * `X-Forwarded-Host` 403.
 *
 * No signature of another server covers any of them. Cloudflare itself writes `X-Forwarded-For` and
 * `-Proto`.
 */
export const PROXY_HEADERS = [
  "Client-Ip",
  "Forwarded",
  "Proxy",
  "X-Client-Ip",
  "X-Forwarded-Host",
  "X-Forwarded-Port",
  "X-Forwarded-Scheme",
  "X-Forwarded-Server",
  "X-Forwarded-Ssl",
] as const;

/**
 * The rule for all hosts whose requests reach the cluster, or whose answers depend on the visitor.
 */
export function visitorRules(hosts: readonly string[]): EdgeRules {
  return {
    http_request_late_transform: [
      {
        ref: "visitor_speaks_for_himself",
        description: "Nobody but the edge says who a visitor is, and how he came",
        expression: hostIs(...hosts),
        action: "rewrite",
        actionParameters: {
          headers: Object.fromEntries(
            PROXY_HEADERS.map((name) => [name, { operation: "remove" }] as const),
          ),
        },
      },
    ],
  };
}
