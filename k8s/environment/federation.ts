import type { StackConfig } from "../../config/schema.ts";
import { given, yes, type Variables } from "./variables.ts";

/**
 * Visibility of posts, and the address of the source. All of Rails reads it (mastodon/documentation
 * `admin/config`).
 */
export function federation({
  federation: config,
  fork,
}: Pick<StackConfig, "federation" | "fork">): Variables {
  const { alternateDomains } = config;
  return {
    plain: {
      ...yes({
        AUTHORIZED_FETCH: config.authorizedFetch,
        LIMITED_FEDERATION_MODE: config.limited,
        SINGLE_USER_MODE: config.singleUser,
        DISALLOW_UNAUTHENTICATED_API_ACCESS: config.apiForMembersOnly,
      }),
      ...given({
        ALTERNATE_DOMAINS: alternateDomains.length === 0 ? undefined : alternateDomains.join(","),
        SOURCE_BASE_URL: fork?.source,
      }),
    },
    secret: {},
  };
}
