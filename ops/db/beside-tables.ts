/**
 * Rows that belong to one account, by table. Each row's references come before it
 * (mastodon/mastodon `db/schema.rb` of 2026-08-05, its foreign keys). A table that a release
 * does not have is skipped. Sessions and access tokens are missing on purpose: members sign in
 * again.
 */

/** One table: its rows are those for which the condition holds. */
export interface AccountTable {
  readonly table: string;
  /** SQL with `$id` for the account's id. */
  readonly where: string;
}

const of = (column: string, ...tables: readonly string[]): readonly AccountTable[] =>
  tables.map((table) => ({ table, where: `${column} = $id` }));

const ofEither = (...tables: readonly string[]): readonly AccountTable[] =>
  tables.map((table) => ({ table, where: "$id IN (account_id, target_account_id)" }));

const below = (
  column: string,
  parent: string,
  ...tables: readonly string[]
): readonly AccountTable[] =>
  tables.map((table) => ({
    table,
    where: `${column} IN (SELECT id FROM ${parent} WHERE account_id = $id)`,
  }));

/** The tables. */
export const ACCOUNT_TABLES: readonly AccountTable[] = [
  ...of("id", "accounts"),
  ...of("account_id", "account_stats", "users", "keypairs"),
  ...below("user_id", "users", "web_settings", "webauthn_credentials", "identities", "markers"),
  ...of("account_id", "statuses", "polls", "media_attachments"),
  ...below("status_id", "statuses", "status_stats", "mentions", "statuses_tags", "status_edits"),
  ...of("account_id", "status_pins", "favourites", "bookmarks", "scheduled_statuses"),
  ...ofEither("follows", "follow_requests", "blocks", "mutes", "account_notes", "account_pins"),
  ...of("account_id", "lists", "custom_filters", "featured_tags", "tag_follows", "account_aliases"),
  ...below("list_id", "lists", "list_accounts"),
  ...below("custom_filter_id", "custom_filters", "custom_filter_keywords"),
];
