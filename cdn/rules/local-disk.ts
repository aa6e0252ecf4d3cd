import { all, hostIs, pathStartsWith, restOfPathAt } from "../expression.ts";
import type { EdgeRules } from "./rule.ts";

/**
 * Path prefix of the media addresses that a server with media on its own disk has handed out:
 * Paperclip's root (mastodon/mastodon `config/initializers/paperclip.rb`, `PAPERCLIP_ROOT_URL`).
 */
const SYSTEM = "/system";

/**
 * Arguments of the rule for those addresses: the hosts that they were handed out under, and the
 * host of the files now.
 */
export interface LocalDiskRulesArgs {
  /**
   * Hosts under which they were handed out: web's, and that of static files where the old server
   * had one (`CDN_HOST`).
   */
  readonly hosts: readonly string[];
  /** Host from which the same files are read now, without that prefix of their path. */
  readonly mediaHost: string;
}

/**
 * Other servers have the old addresses of this one's pictures, for years. 301: it is for good, and
 * who fetches a picture of a post from years ago should write the new address down.
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
