/**
 * Names of tables and columns in a release of Mastodon: those that streaming reads, and some that
 * only the application may read. Sources: mastodon/mastodon `db/schema.rb` at v4.6.5, commit
 * 1440d55b; for 4.7 main of 2026-08-07, commit df1439c1. These are names only, without types,
 * indexes and other tables.
 */
const TABLES: Readonly<Record<string, string>> = {
  account_domain_blocks: "id account_id created_at domain updated_at",
  accounts:
    "id actor_type also_known_as attribution_domains avatar_content_type " +
    "avatar_description avatar_file_name avatar_file_size avatar_remote_url " +
    "avatar_storage_schema_version avatar_updated_at collections_url created_at " +
    "discoverable display_name domain feature_approval_policy featured_collection_url " +
    "fields followers_url following_url header_content_type header_description " +
    "header_file_name header_file_size header_remote_url header_storage_schema_version " +
    "header_updated_at hide_collections id_scheme inbox_url indexable last_webfingered_at " +
    "locked memorial moved_to_account_id note outbox_url private_key protocol public_key " +
    "requested_review_at reviewed_at sensitized_at shared_inbox_url show_featured " +
    "show_media show_media_replies silenced_at suspended_at suspension_origin trendable " +
    "updated_at uri url username",
  blocks: "id account_id created_at target_account_id updated_at uri",
  custom_filter_keywords: "id created_at custom_filter_id keyword updated_at whole_word",
  custom_filters: "id account_id action context created_at expires_at phrase updated_at",
  keypairs:
    "id account_id created_at expires_at private_key public_key revoked type updated_at " + "uri",
  lists: "id account_id created_at exclusive replies_policy title updated_at",
  login_activities:
    "id authentication_method created_at failure_reason ip provider success user_agent " +
    "user_id",
  mutes: "id account_id created_at expires_at hide_notifications target_account_id updated_at",
  oauth_access_tokens:
    "id application_id created_at expires_in last_used_at last_used_ip refresh_token " +
    "resource_owner_id revoked_at scopes token",
  oauth_applications:
    "id confidential created_at name owner_id owner_type redirect_uri scopes secret " +
    "superapp uid updated_at website",
  session_activations:
    "id access_token_id created_at ip session_id updated_at user_agent user_id " +
    "web_push_subscription_id",
  settings: "id created_at updated_at value var",
  statuses:
    "id account_id application_id conversation_id created_at deleted_at edited_at " +
    "fetched_replies_at in_reply_to_account_id in_reply_to_id language local " +
    "ordered_media_attachment_ids poll_id quote_approval_policy reblog_of_id reply " +
    "sensitive spoiler_text text trendable updated_at uri url visibility",
  user_roles:
    "id collection_limit color created_at highlighted name permissions position " +
    "require_2fa updated_at",
  users:
    "id account_id age_verified_at approved chosen_languages confirmation_sent_at " +
    "confirmation_token confirmed_at consumed_timestep created_at " +
    "created_by_application_id current_sign_in_at disabled email encrypted_password " +
    "invite_id last_emailed_at last_sign_in_at locale otp_backup_codes " +
    "otp_required_for_login otp_secret require_tos_interstitial reset_password_sent_at " +
    "reset_password_token role_id settings sign_in_count sign_in_token " +
    "sign_in_token_sent_at sign_up_ip skip_sign_in_token time_zone unconfirmed_email " +
    "updated_at webauthn_id",
  web_push_subscriptions:
    "id access_token_id created_at data endpoint key_auth key_p256dh standard updated_at " +
    "user_id",
  webauthn_credentials:
    "id created_at external_id nickname public_key sign_count updated_at user_id",
};

/**
 * SQL that creates the tables of 4.6, and a view, because `GRANT … ON ALL TABLES` includes views.
 */
export const TABLES_4_6 = [
  ...Object.entries(TABLES).map(
    ([table, columns]) =>
      `CREATE TABLE ${table} (${columns.split(" ").map(columnOf).join(", ")});\n`,
  ),
  "CREATE VIEW user_ips AS SELECT id AS user_id, sign_up_ip AS ip FROM users;\n",
].join("");

/** Columns that these tables have in addition in 4.7. */
export const MORE_IN_4_7 =
  "ALTER TABLE accounts ADD COLUMN requested_deletion_at text;\nALTER TABLE keypairs ADD COLUMN local_fragment text;\n";

function columnOf(name: string): string {
  if (name === "id") return "id bigint PRIMARY KEY";
  return `"${name}" ${name.endsWith("_id") ? "bigint" : "text"}`;
}
