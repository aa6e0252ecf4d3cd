import { OPTION_SECRETS } from "./options.ts";
import type { SecretRow } from "./row.ts";

/**
 * Every secret of an operator, in one table: its name, its form, its source, and what is lost with
 * it. A new secret needs only a row here: types, the preview's check, `npm run secrets` and the
 * test of `docs/secrets.md` read the table. Add a row only when something reads the secret.
 */

const RAILS = ["web", "sidekiq", "jobs"] as const;

/**
 * Any text without spaces, quotes and characters of a template. Rails derives its keys from any
 * text (mastodon/mastodon `config/initializers/active_record_encryption.rb`), so an older server's
 * key must be accepted unchanged.
 */
const KEY_TEXT = (shortest: number): RegExp => new RegExp(`^[!#-&(-;=?-~]{${shortest},512}$`, "u");

/**
 * Values that all three Active Record keys share, because only all three together decrypt the data.
 */
const ACTIVE_RECORD = {
  needed: "always",
  format: {
    pattern: KEY_TEXT(16),
    words:
      "32 letters and digits (an older server's own: 16 characters or more, without spaces and quotes)",
  },
  recipe: { kind: "alphanumeric", length: 32 },
  change: "never",
  lost: "The two-factor secrets of all members become unreadable: who uses two-factor authentication can't sign in any more. From Mastodon 4.7 on the signing keys of all accounts are under it too: without it the server can never federate under its name again.",
  changed: "What a loss costs: never do it.",
  readers: RAILS,
} as const;

const VAPID = {
  needed: "always",
  change: "rotatable",
  lost: "Push notifications stop for every member until each has subscribed again. No data is lost.",
  changed:
    "Push notifications stop for every member until each has subscribed again; both halves of the pair change together.",
  readers: ["web", "sidekiq"],
} as const;

/**
 * The table, in the order in which secrets are asked for. Sources of the losses:
 * docs.joinmastodon.org/admin/backups and mastodon/mastodon#32413.
 */
export const SECRETS = [
  {
    key: "secretKeyBase",
    env: "SECRET_KEY_BASE",
    needed: "always",
    what: "what Rails signs sessions and links with",
    format: {
      pattern: KEY_TEXT(64),
      words:
        "128 hex digits (an older server's own: 64 characters or more, without spaces and quotes)",
    },
    recipe: { kind: "hex", bytes: 64 },
    change: "rotatable",
    lost: "All sessions end: everyone signs in again, and links in mails already sent (confirm, reset, unsubscribe) are dead. No data is lost.",
    changed:
      "All sessions end: everyone signs in again, and links in mails already sent (confirm, reset, unsubscribe) are dead.",
    readers: RAILS,
  },
  {
    key: "activeRecordPrimaryKey",
    env: "ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY",
    what: "the key of encrypted columns",
    ...ACTIVE_RECORD,
  },
  {
    key: "activeRecordDeterministicKey",
    env: "ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY",
    what: "the key of encrypted columns that are searched by value",
    ...ACTIVE_RECORD,
  },
  {
    key: "activeRecordKeyDerivationSalt",
    env: "ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT",
    what: "the salt that both keys are derived with",
    ...ACTIVE_RECORD,
  },
  {
    key: "vapidPrivateKey",
    env: "VAPID_PRIVATE_KEY",
    what: "what push notifications are signed with",
    format: {
      pattern: /^[\w-]{43}=?$/u,
      words: "a P-256 private key, 32 bytes in URL-safe base64: 43 characters, with or without =",
    },
    recipe: { kind: "vapid", half: "private" },
    ...VAPID,
  },
  {
    key: "vapidPublicKey",
    env: "VAPID_PUBLIC_KEY",
    what: "what browsers check push notifications with",
    format: {
      pattern: /^B[\w-]{86}=?$/u,
      words:
        "a P-256 public key, 65 bytes in URL-safe base64: a B and 86 characters, with or without =",
    },
    recipe: { kind: "vapid", half: "public" },
    ...VAPID,
  },
  {
    key: "tunnelSecret",
    env: undefined,
    needed: "always",
    what: "what lets a connector into the Cloudflare tunnel",
    format: {
      // 32 bytes are 43 characters and one of padding; 42 and two of padding are 31.
      pattern:
        /^(?=.{44,})(?!.{42}==$)([A-Za-z0-9+/]{4})+([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u,
      words: "32 bytes or more in base64, with padding",
    },
    recipe: { kind: "base64", bytes: 32 },
    change: "rotatable",
    lost: "Nothing, as long as the tunnel stands; a new one is made by `rotate`.",
    changed: "The connectors' token changes, and the next `pulumi up` restarts them with it.",
    readers: ["Cloudflare"],
  },
  {
    key: "slackWebhook",
    env: undefined,
    needed: { key: "alerts.slackChannel" },
    what: "the address that alerts are posted to",
    format: {
      pattern: /^https:\/\/hooks\.slack(-gov)?\.com\/services\/[\w/-]+$/u,
      words:
        "the address of an incoming webhook, https://hooks.slack.com/services/ and three parts",
    },
    recipe: { kind: "given", by: "Slack, under Incoming Webhooks of an app of your workspace" },
    change: "rotatable",
    lost: "Nothing: Slack shows it again.",
    changed:
      "Alerts go where the new one leads; who has the old one can still post there until it is removed at Slack.",
    readers: ["DigitalOcean"],
  },
  ...OPTION_SECRETS,
] as const satisfies readonly SecretRow[];

type Row = (typeof SECRETS)[number];

/** The config key of a secret. */
export type SecretKey = Row["key"];

/** The config key of a secret that every stack needs. */
export type RequiredSecretKey = Extract<Row, { readonly needed: "always" }>["key"];

/** The config key of a secret that only some stacks need. */
export type OptionalSecretKey = Exclude<SecretKey, RequiredSecretKey>;

/** The row of a key. */
export function secretRow(key: SecretKey): SecretRow {
  return SECRETS.find((row) => row.key === key) as SecretRow;
}

/** Whether a text is the config key of a secret. */
export function isSecretKey(key: string): key is SecretKey {
  return SECRETS.some((row) => row.key === key);
}
