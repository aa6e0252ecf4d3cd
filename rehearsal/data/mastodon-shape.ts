/**
 * Shape of the largest tables of a server that lives: names, types and indexes (mastodon/mastodon
 * `db/schema.rb` at v4.6.5, commit 1440d55b). Facts only, without text of that file. Defaults and
 * foreign keys are missing.
 */

/** One table. */
export interface TableShape {
  /** Names of columns by their type; `!` for a column that is never null. `id` is in addition. */
  readonly columns: Readonly<Record<string, string>>;
  /** The rest of `CREATE INDEX … ON <table> USING` by name; `unique` comes first. */
  readonly indexes: Readonly<Record<string, string>>;
}

/** Tables by name. */
export const SHAPES: Readonly<Record<string, TableShape>> = {
  accounts: {
    columns: {
      varchar:
        "actor_type avatar_content_type avatar_file_name avatar_remote_url collections_url domain featured_collection_url header_content_type header_file_name url",
      "varchar[]": "also_known_as attribution_domains",
      "varchar!":
        "avatar_description display_name followers_url following_url header_description header_remote_url inbox_url outbox_url shared_inbox_url uri username",
      integer:
        "avatar_file_size avatar_storage_schema_version header_file_size header_storage_schema_version id_scheme suspension_origin",
      timestamp:
        "avatar_updated_at header_updated_at last_webfingered_at requested_review_at reviewed_at sensitized_at silenced_at suspended_at",
      "timestamp!": "created_at updated_at",
      boolean: "discoverable hide_collections trendable",
      "integer!": "feature_approval_policy protocol",
      jsonb: "fields",
      "boolean!": "indexable locked memorial show_featured show_media show_media_replies",
      bigint: "moved_to_account_id",
      "text!": "note public_key",
      text: "private_key",
    },
    indexes: {
      search_index:
        "gin ((((setweight(to_tsvector('simple'::regconfig, (display_name)::text), 'A'::\"char\") || setweight(to_tsvector('simple'::regconfig, (username)::text), 'B'::\"char\")) || setweight(to_tsvector('simple'::regconfig, (COALESCE(domain, ''::character varying))::text), 'C'::\"char\"))))",
      index_accounts_on_username_and_domain_lower:
        "unique (lower((username)::text), COALESCE(lower((domain)::text), ''::text))",
      index_accounts_on_domain_and_id: "(domain, id)",
      index_accounts_on_moved_to_account_id:
        "(moved_to_account_id) WHERE (moved_to_account_id IS NOT NULL)",
      index_accounts_on_uri: "(uri)",
      index_accounts_on_url: "(url text_pattern_ops) WHERE (url IS NOT NULL)",
    },
  },
  users: {
    columns: {
      "bigint!": "account_id",
      timestamp:
        "age_verified_at confirmation_sent_at confirmed_at current_sign_in_at last_emailed_at last_sign_in_at reset_password_sent_at sign_in_token_sent_at",
      "boolean!": "approved disabled otp_required_for_login require_tos_interstitial",
      "varchar[]": "chosen_languages otp_backup_codes",
      varchar:
        "confirmation_token locale otp_secret reset_password_token sign_in_token time_zone unconfirmed_email webauthn_id",
      integer: "consumed_timestep",
      "timestamp!": "created_at updated_at",
      bigint: "created_by_application_id invite_id role_id",
      "varchar!": "email encrypted_password",
      text: "settings",
      "integer!": "sign_in_count",
      inet: "sign_up_ip",
      boolean: "skip_sign_in_token",
    },
    indexes: {
      index_users_on_account_id: "(account_id)",
      index_users_on_confirmation_token: "unique (confirmation_token)",
      index_users_on_created_by_application_id:
        "(created_by_application_id) WHERE (created_by_application_id IS NOT NULL)",
      index_users_on_email: "unique (email)",
      index_users_on_reset_password_token:
        "unique (reset_password_token text_pattern_ops) WHERE (reset_password_token IS NOT NULL)",
      index_users_on_role_id: "(role_id) WHERE (role_id IS NOT NULL)",
      index_users_on_unconfirmed_email: "(unconfirmed_email) WHERE (unconfirmed_email IS NOT NULL)",
    },
  },
  statuses: {
    columns: {
      "bigint!": "account_id",
      bigint:
        "application_id conversation_id in_reply_to_account_id in_reply_to_id poll_id reblog_of_id",
      varchar: "language uri url",
      "timestamp!": "created_at updated_at",
      timestamp: "deleted_at edited_at fetched_replies_at",
      boolean: "local trendable",
      "bigint[]": "ordered_media_attachment_ids",
      "integer!": "quote_approval_policy visibility",
      "boolean!": "reply sensitive",
      "text!": "spoiler_text text",
    },
    indexes: {
      index_statuses_20190820:
        "(account_id, id DESC, visibility, updated_at) WHERE (deleted_at IS NULL)",
      index_statuses_on_account_id: "(account_id)",
      index_statuses_on_conversation_id: "(conversation_id)",
      index_statuses_on_deleted_at: "(deleted_at) WHERE (deleted_at IS NOT NULL)",
      index_statuses_local_20190824:
        "(id DESC, account_id) WHERE ((local OR (uri IS NULL)) AND (deleted_at IS NULL) AND (visibility = 0) AND (reblog_of_id IS NULL) AND ((NOT reply) OR (in_reply_to_account_id = account_id)))",
      index_statuses_public_20250129:
        "(id DESC, language, account_id) WHERE ((deleted_at IS NULL) AND (visibility = 0) AND (reblog_of_id IS NULL) AND ((NOT reply) OR (in_reply_to_account_id = account_id)))",
      index_statuses_on_in_reply_to_account_id:
        "(in_reply_to_account_id) WHERE (in_reply_to_account_id IS NOT NULL)",
      index_statuses_on_in_reply_to_id: "(in_reply_to_id) WHERE (in_reply_to_id IS NOT NULL)",
      index_statuses_on_reblog_of_id_and_account_id: "(reblog_of_id, account_id)",
      index_statuses_on_uri: "unique (uri text_pattern_ops) WHERE (uri IS NOT NULL)",
    },
  },
  status_stats: {
    columns: {
      "timestamp!": "created_at updated_at",
      "bigint!": "favourites_count quotes_count reblogs_count replies_count status_id",
      bigint: "untrusted_favourites_count untrusted_reblogs_count",
    },
    indexes: {
      index_status_stats_on_status_id: "unique (status_id)",
    },
  },
  conversations: {
    columns: {
      "timestamp!": "created_at updated_at",
      bigint: "parent_account_id parent_status_id",
      varchar: "uri",
    },
    indexes: {
      index_conversations_on_parent_status_id:
        "unique (parent_status_id) WHERE (parent_status_id IS NOT NULL)",
      index_conversations_on_uri: "unique (uri text_pattern_ops) WHERE (uri IS NOT NULL)",
    },
  },
  media_attachments: {
    columns: {
      bigint: "account_id scheduled_status_id status_id",
      varchar:
        "blurhash file_content_type file_file_name shortcode thumbnail_content_type thumbnail_file_name thumbnail_remote_url",
      "timestamp!": "created_at updated_at",
      text: "description",
      integer:
        "file_file_size file_storage_schema_version processing thumbnail_file_size thumbnail_storage_schema_version",
      json: "file_meta",
      timestamp: "file_updated_at thumbnail_updated_at",
      "varchar!": "remote_url",
      "integer!": "type",
    },
    indexes: {
      index_media_attachments_on_account_id_and_status_id: "(account_id, status_id DESC)",
      index_media_attachments_on_scheduled_status_id:
        "(scheduled_status_id) WHERE (scheduled_status_id IS NOT NULL)",
      index_media_attachments_on_shortcode:
        "unique (shortcode text_pattern_ops) WHERE (shortcode IS NOT NULL)",
      index_media_attachments_on_status_id: "(status_id)",
    },
  },
  mentions: {
    columns: {
      "bigint!": "account_id status_id",
      "timestamp!": "created_at updated_at",
      "boolean!": "silent",
    },
    indexes: {
      index_mentions_on_account_id_and_status_id: "unique (account_id, status_id)",
      index_mentions_on_status_id: "(status_id)",
    },
  },
  notifications: {
    columns: {
      "bigint!": "account_id activity_id from_account_id",
      "varchar!": "activity_type",
      "timestamp!": "created_at updated_at",
      "boolean!": "filtered",
      varchar: "group_key type",
    },
    indexes: {
      index_notifications_on_account_id_and_group_key:
        "(account_id, group_key) WHERE (group_key IS NOT NULL)",
      index_notifications_on_account_id_and_id_and_type: "(account_id, id DESC, type)",
      index_notifications_on_filtered: "(account_id, id DESC, type) WHERE (filtered = false)",
      index_notifications_on_activity_id_and_activity_type: "(activity_id, activity_type)",
      index_notifications_on_from_account_id: "(from_account_id)",
    },
  },
  favourites: {
    columns: {
      "bigint!": "account_id status_id",
      "timestamp!": "created_at updated_at",
    },
    indexes: {
      index_favourites_on_account_id_and_id: "(account_id, id)",
      index_favourites_on_account_id_and_status_id: "unique (account_id, status_id)",
      index_favourites_on_status_id: "(status_id)",
    },
  },
  follows: {
    columns: {
      "bigint!": "account_id target_account_id",
      "timestamp!": "created_at updated_at",
      "varchar[]": "languages",
      "boolean!": "notify show_reblogs",
      varchar: "uri",
    },
    indexes: {
      index_follows_on_account_id_and_target_account_id: "unique (account_id, target_account_id)",
      index_follows_on_target_account_id_and_account_id: "(target_account_id, account_id)",
    },
  },
  statuses_tags: {
    columns: {
      "bigint!": "status_id tag_id",
    },
    indexes: {
      index_statuses_tags_on_status_id: "(status_id)",
    },
  },
};
