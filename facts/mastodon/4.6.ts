import type { MastodonFacts } from "./facts.ts";

/** Mastodon 4.6. Paths are of mastodon/mastodon at v4.6.5. */
export const MASTODON_4_6 = {
  minor: "4.6",
  readAt: "v4.6.5, commit 1440d55b139e39ec722c2a3db7f60b66cd889048: the release itself",

  rehearsedWith: { postgres: ["17"], valkey: ["8"], kubernetes: ["1.35"] },

  // `lib/tasks/db.rake` line 66; `README.md` "Requirements" and Sidekiq's `lib/sidekiq/cli.rb`;
  // `package.json` "engines".
  needs: { postgres: 14, redis: 7, node: 22 },

  // `config/sidekiq.yml`, in its order. No weight there is 1.
  queues: [
    { name: "default", weight: 8 },
    { name: "push", weight: 6 },
    { name: "ingress", weight: 4 },
    { name: "mailers", weight: 2 },
    { name: "pull", weight: 1 },
    { name: "scheduler", weight: 1 },
    { name: "fasp", weight: 1 },
  ],

  // `vite.config.mts` (names with a hash), `lib/mastodon/middleware/public_file_server.rb` (what
  // Mastodon itself says of them), `public/` (what there is).
  staticPaths: [
    // The service worker belongs to the web host's origin: browsers refuse it from another one,
    // and a copy that is kept elsewhere outlives a release.
    { startsWith: "/sw.js", class: "refused" },
    { startsWith: "/packs/sw.js", class: "refused" },
    // Media of a server without object storage; this stack has none on disk.
    { startsWith: "/system/", class: "refused" },
    { startsWith: "/packs/", class: "hashed" },
    { startsWith: "/assets/", digested: true, class: "hashed" },
    { startsWith: "/emoji/", class: "daily" },
    { startsWith: "/sounds/", class: "daily" },
    { startsWith: "/ocr/", class: "daily" },
    { startsWith: "/avatars/original/", class: "daily" },
    { startsWith: "/headers/original/", class: "daily" },
    { startsWith: "/badge.png", class: "daily" },
    { startsWith: "/oops.", class: "daily" },
    { startsWith: "/loading.", class: "daily" },
    { startsWith: "/embed.js", class: "daily" },
    { startsWith: "/web-push-icon_", class: "daily" },
    { startsWith: "/500.html", class: "brief" },
    { startsWith: "/robots.txt", class: "brief" },
  ],

  // `vary_by ''` in `app/controllers/`: `api/v1/custom_emojis`, `api/v1/instances/*`,
  // `api/v1/peers/search`, `api/v2/instances`, `instance_actors`; and `well_known/*`, which vary by
  // nothing. `api/v1/instances/domain_blocks` does so only where everybody may see it.
  publicDocuments: {
    whole: [
      "/.well-known/host-meta",
      "/.well-known/nodeinfo",
      "/.well-known/webfinger",
      "/actor",
      "/api/v1/custom_emojis",
      "/api/v1/instance",
      "/api/v1/peers/search",
      "/api/v2/instance",
      "/nodeinfo/2.0",
    ],
    below: ["/api/v1/instance/"],
    forMembers: "/api/v1/instance/domain_blocks",
  },

  // `config/routes.rb`, `config/routes/api.rb`, `config/routes/fasp.rb`.
  machinePaths: {
    whole: [
      "/actor",
      "/actor/inbox",
      "/actor/outbox",
      "/health",
      "/inbox",
      "/oauth/revoke",
      "/oauth/token",
      "/oauth/userinfo",
    ],
    below: [
      "/.well-known/",
      "/ap/",
      "/api/",
      "/collections/",
      "/contexts/",
      "/media_proxy/",
      "/nodeinfo/",
      "/users/",
    ],
  },

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
