import type { StackConfig } from "../../config/schema.ts";
import type { StackSecrets } from "../../config/secret-keys/values.ts";
import { given, type Variables } from "./variables.ts";

/**
 * The server for the search of posts (mastodon/mastodon `config/initializers/chewy.rb`). All of
 * Rails writes to it or asks it.
 */
export function search(
  { search: config }: Pick<StackConfig, "search">,
  secrets: StackSecrets,
): Variables {
  if (config === undefined) return { plain: {}, secret: {} };
  const { host, port, plaintext, user, prefix, preset } = config;
  return {
    plain: {
      ES_ENABLED: "true",
      // The scheme belongs to the host; without it Mastodon speaks in the clear.
      ES_HOST: `${plaintext ? "http" : "https"}://${host}`,
      ES_PORT: String(port),
      ES_PRESET: preset,
      ...given({ ES_PREFIX: prefix, ES_USER: user }),
    },
    secret: user === undefined ? {} : given({ ES_PASS: secrets.searchPassword }),
  };
}
