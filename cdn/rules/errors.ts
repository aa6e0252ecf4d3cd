import { all, headerContains, hostIs, statusIs } from "../expression.ts";
import { errorPage } from "./error-page.ts";
import type { EdgeRules } from "./rule.ts";

/**
 * Status codes that mean that the server is down: cloudflared's 502 and Cloudflare's own. A tunnel
 * without a connector answers 530
 * (https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/).
 * 500 and 503 are not among them, because Mastodon has pages for those.
 */
export const AWAY = [502, 504, 520, 521, 522, 523, 524, 525, 526, 530] as const;

/**
 * A custom error page for people while the server is down. Apps and other servers still get the
 * status code, which is all they read. Paid plans only: on Free Cloudflare shows its own page, and
 * no free feature changes that.
 */
export function errorRules(webHost: string): EdgeRules {
  return {
    http_custom_errors: [
      {
        ref: "web_away",
        description: "A calm page for people while the server is away",
        expression: all(hostIs(webHost), statusIs(...AWAY), headerContains("accept", "text/html")),
        action: "serve_error",
        // No status code here: the response keeps the real one, for monitoring and clients.
        actionParameters: { content: errorPage(webHost), contentType: "text/html" },
      },
    ],
  };
}
