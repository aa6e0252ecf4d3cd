import { MASTODON_4_6 } from "./4.6.ts";
import type { MastodonFacts } from "./facts.ts";

/**
 * Mastodon 4.7, as its difference from 4.6. Facts that are not named here were compared and are the
 * same.
 */
export const MASTODON_4_7 = {
  ...MASTODON_4_6,
  minor: "4.7",
  readAt: {
    release: "v4.7.0",
    commit: "df1439c18b6160ba69562504ec5726d436c4b462",
    grade:
      "read in source, of main on 2026-08-07, 13 days before the release; queues and streaming were the same a day after it",
  },
  // RACK_COMPRESS was in main a day after v4.7.0 and is not here: whether 4.7 reads it is not
  // known.
  variables: {
    ...MASTODON_4_6.variables,
    "app/services/account_search_service.rb": "ES_QUERY_TIMEOUT",
    "app/services/statuses_search_service.rb": "ES_QUERY_TIMEOUT",
    // VITE_DEV_SERVER_PUBLIC is gone.
    "config/initializers/content_security_policy.rb": "",
  },
  // `streamingReads`: `streaming/*.js` are the same files, and `db/schema.rb` has all 33 columns.
} as const satisfies MastodonFacts;
