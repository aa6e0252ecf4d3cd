import { all, headerContains, hostIs, statusIs } from "../expression.ts";
import { errorPage } from "./error-page.ts";
import type { EdgeRules } from "./rule.ts";

/**
 * Status codes that mean that the server is away: cloudflared's 502, and Cloudflare's own, 530
 * among them, which is what a tunnel without a connector gives
 * (https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/).
 * Not 500 and 503: those are Mastodon's, which has a page.
 */
export const AWAY = [502, 504, 520, 521, 522, 523, 524, 525, 526, 530] as const;

/**
 * A page of our own for people while the server is away. Apps and other servers keep what they
 * understand, the status code. Paid plans only: on Free Cloudflare's page is shown, and nothing
 * that is free changes that.
 */
export function errorRules(webHost: string): EdgeRules {
  return {
    http_custom_errors: [
      {
        ref: "web_away",
        description: "A calm page for people while the server is away",
        expression: all(hostIs(webHost), statusIs(...AWAY), headerContains("accept", "text/html")),
        action: "serve_error",
        // No status of its own: what really happened is told to whoever looks.
        actionParameters: { content: errorPage(webHost), contentType: "text/html" },
      },
    ],
  };
}
