import { all, hostIs, pathStartsWith, restOfPathAt } from "../expression.ts";
import type { EdgeRules } from "./rule.ts";

/**
 * Path prefix of media URLs that a server with media on its local disk has published: Paperclip's
 * root (mastodon/mastodon `config/initializers/paperclip.rb`, `PAPERCLIP_ROOT_URL`).
 */
const SYSTEM = "/system";

/**
 * Arguments of the rule for those URLs: the hosts that published them, and the host of the files
 * now.
 */
export interface LocalDiskRulesArgs {
  /**
   * Hosts of the published URLs: web's, and that of static files if the old server had one
   * (`CDN_HOST`).
   */
  readonly hosts: readonly string[];
  /** Host that serves the same files now, without that path prefix. */
  readonly mediaHost: string;
}

/**
 * Redirects old media URLs. Other servers have them in posts for years. 301, because the move is
 * permanent and a server that fetches an old picture should store the new URL.
 */
export function localDiskRules({ hosts, mediaHost }: LocalDiskRulesArgs): EdgeRules {
  return {
    http_request_dynamic_redirect: [
      {
        ref: "media_from_local_disk",
        description: "Pictures that once lay on the server's own disk are on the media host",
        expression: all(hostIs(...hosts), pathStartsWith(`${SYSTEM}/`)),
        action: "redirect",
        actionParameters: {
          fromValue: {
            statusCode: 301,
            targetUrl: { expression: restOfPathAt(`https://${mediaHost}`, SYSTEM) },
            preserveQueryString: true,
          },
        },
      },
    ],
  };
}
