import type { MastodonFacts } from "./facts.ts";

/** Mastodon 4.6. Paths are of mastodon/mastodon at v4.6.5. */
export const MASTODON_4_6 = {
  minor: "4.6",
  readAt: "v4.6.5, commit 1440d55b139e39ec722c2a3db7f60b66cd889048: the release itself",

  // `streaming/index.js`: lines 383 (token), 610 (lists), 639 (settings), 749 to 770 (blocks, mutes,
  // filters). With grants on just these the real server of v4.6.5 served every channel.
  streamingReads: {
    account_domain_blocks: ["account_id", "domain"],
    accounts: ["id", "suspended_at"],
    blocks: ["account_id", "target_account_id"],
    custom_filter_keywords: ["custom_filter_id", "keyword", "whole_word"],
    custom_filters: ["id", "account_id", "phrase", "context", "expires_at", "action"],
    lists: ["id", "account_id"],
    mutes: ["account_id", "target_account_id"],
    oauth_access_tokens: ["id", "resource_owner_id", "token", "scopes", "revoked_at"],
    settings: ["var", "value"],
    user_roles: ["id", "permissions"],
    users: ["id", "account_id", "chosen_languages", "role_id", "disabled"],
  },
} as const satisfies MastodonFacts;
