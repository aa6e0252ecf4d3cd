import type { SecretKey } from "../../config/secret-keys.ts";

/**
 * What becomes of each variable of an existing server's `.env.production`. Names are those that Mastodon 4.6 reads (mastodon/mastodon
 * `config/`, `lib/`, `app/`, `streaming/`), and those that it read once. Pure.
 */

/** What becomes of a variable. */
export type Fate =
  /** Goes into the stack file, under this key; as a number where `number`. */
  | { readonly kind: "config"; readonly key: string; readonly number?: true }
  /** Goes into the stack file encrypted. */
  | { readonly kind: "secret"; readonly key: SecretKey }
  /** This program decides it itself. */
  | { readonly kind: "derived"; readonly why: string }
  /** Has no place here. */
  | { readonly kind: "absent"; readonly why: string }
  /** Mastodon 4.6 does not read it any more. */
  | { readonly kind: "removed"; readonly why: string };

const config = (key: string): Fate => ({ kind: "config", key });
const number = (key: string): Fate => ({ kind: "config", key, number: true });
const secret = (key: SecretKey): Fate => ({ kind: "secret", key });
const derived = (why: string): Fate => ({ kind: "derived", why });
const absent = (why: string): Fate => ({ kind: "absent", why });
const removed = (why: string): Fate => ({ kind: "removed", why });

const DATABASE = derived(
  "the database is made by this program, with its own host, names and passwords; move the data with pg_dump and pg_restore",
);
const REDIS = derived(
  "Valkey is made by this program; it starts empty, and feeds are built anew by `tootctl feeds build`",
);
const TLS = derived("every connection to the database verifies certificate and host name here");
const IMAGE = derived("Mastodon's image sets it");
const MEDIA = derived(
  "the bucket and its key are made by `media.storage`; copy what lies in the old one (docs/media.md)",
);
const OTHER_MEDIA = absent("media lies in R2 or on Spaces here; copy it there (docs/media.md)");
const MAIL = absent("sending mail is not part of this program yet: until it is, no mail goes out");
const SIGN_IN = absent("signing in through another service is not part of this program yet");
const SEARCH = absent("a search server is not part of this program yet: full-text search is off");
const NOT_YET = absent("there is no key for it yet");

/** Each variable by its whole name. */
const NAMES: Readonly<Record<string, Fate>> = {
  LOCAL_DOMAIN: config("domain"),
  WEB_DOMAIN: config("webDomain"),
  WEB_CONCURRENCY: number("web.workers"),
  MAX_THREADS: number("web.threads"),
  SECRET_KEY_BASE: secret("secretKeyBase"),
  ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY: secret("activeRecordPrimaryKey"),
  ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY: secret("activeRecordDeterministicKey"),
  ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT: secret("activeRecordKeyDerivationSalt"),
  VAPID_PRIVATE_KEY: secret("vapidPrivateKey"),
  VAPID_PUBLIC_KEY: secret("vapidPublicKey"),

  DATABASE_URL: DATABASE,
  PRIMARY_DATABASE_URL: DATABASE,
  DB_HOST: DATABASE,
  DB_NAME: DATABASE,
  DB_PASS: DATABASE,
  DB_PORT: DATABASE,
  DB_USER: DATABASE,
  DB_POOL: derived("each process has as many connections as it has threads"),
  DB_SSLMODE: TLS,
  PGSSLMODE: TLS,
  PGSSLROOTCERT: TLS,
  NODE_EXTRA_CA_CERTS: TLS,
  SSL_CERT_FILE: derived("Valkey's certificate is a public one; the image's own roots know it"),
  SSL_CERT_DIR: derived("Valkey's certificate is a public one; the image's own roots know it"),
  PREPARED_STATEMENTS: derived("off behind the transaction pool, on for migrations"),
  REPLICA_DATABASE_URL: derived("a read replica is made by `postgres.readReplica`"),
  REDIS_URL: REDIS,
  REDIS_HOST: REDIS,
  REDIS_PORT: REDIS,
  REDIS_PASSWORD: REDIS,
  REDIS_USER: REDIS,
  REDIS_DB: REDIS,
  REDIS_DRIVER: derived("`ruby`, the only one that verifies certificates"),
  CACHE_REDIS_URL: derived("a second Valkey for the cache is made by `valkey.cache`"),
  SIDEKIQ_REDIS_URL: REDIS,
  REDIS_SENTINELS: REDIS,
  SIDEKIQ_CONCURRENCY: derived("each group of `sidekiq` says its own `concurrency`"),

  STREAMING_API_BASE_URL: derived("`wss://streaming.` and the web domain"),
  CDN_HOST: derived("`https://assets.` and the web domain"),
  TRUSTED_PROXY_IP: derived("the cluster's own ranges"),
  RAILS_SERVE_STATIC_FILES: IMAGE,
  RAILS_ENV: IMAGE,
  NODE_ENV: IMAGE,
  BIND: IMAGE,
  MALLOC_CONF: IMAGE,
  RUBY_YJIT_ENABLE: IMAGE,
  PORT: derived("each process listens where its Service expects it"),
  SOCKET: derived("processes listen on ports; there is no proxy beside them"),
  MIN_THREADS: derived("the same as MAX_THREADS"),
  PERSISTENT_TIMEOUT: derived("longer than the tunnel keeps a connection"),
  BOOTSNAP_READONLY: derived("on, for the image is read-only"),
  SENDFILE_HEADER: derived("there is no proxy beside the process that could read it"),
  SKIP_POST_DEPLOYMENT_MIGRATIONS: derived("the release order sets it where it belongs"),
  RAILS_LOG_TO_STDOUT: removed("Mastodon logs to standard output"),

  RAILS_LOG_LEVEL: NOT_YET,
  LOG_LEVEL: NOT_YET,
  DEFAULT_LOCALE: NOT_YET,
  SINGLE_USER_MODE: NOT_YET,
  AUTHORIZED_FETCH: NOT_YET,
  LIMITED_FEDERATION_MODE: NOT_YET,
  DISALLOW_UNAUTHENTICATED_API_ACCESS: NOT_YET,
  ALTERNATE_DOMAINS: NOT_YET,
  ALLOWED_PRIVATE_ADDRESSES: NOT_YET,
  S3_ALIAS_HOST: config("media.host"),
  S3_CLOUDFRONT_HOST: derived(
    "`media.host` is where media is read; docs/media.md before it changes",
  ),
  EXTRA_MEDIA_HOSTS: absent("write its hosts, without https://, as the list `media.extraHosts`"),
  HTTP_PROXY: NOT_YET,
  IP_RETENTION_PERIOD: NOT_YET,
  SESSION_RETENTION_PERIOD: NOT_YET,
  USER_ACTIVE_DAYS: NOT_YET,
  FETCH_REPLIES_ENABLED: NOT_YET,
  GITHUB_REPOSITORY: NOT_YET,
  SOURCE_BASE_URL: NOT_YET,
  MAX_SESSION_ACTIVATIONS: NOT_YET,
  DEEPL_API_KEY: NOT_YET,
  DEEPL_PLAN: NOT_YET,
  LIBRE_TRANSLATE_ENDPOINT: NOT_YET,
  LIBRE_TRANSLATE_API_KEY: NOT_YET,
  HCAPTCHA_SITE_KEY: SIGN_IN,
  HCAPTCHA_SECRET_KEY: SIGN_IN,
  OMNIAUTH_ONLY: SIGN_IN,
  ONE_CLICK_SSO_LOGIN: SIGN_IN,
  SSO_ACCOUNT_SETTINGS: SIGN_IN,
  ALLOW_UNSAFE_AUTH_PROVIDER_REATTACH: SIGN_IN,
  PAM_ENABLED: absent("PAM needs files of the machine, and a pod has none"),
  AWS_ACCESS_KEY_ID: MEDIA,
  AWS_SECRET_ACCESS_KEY: MEDIA,

  OTP_SECRET: removed("two-factor secrets are under ACTIVE_RECORD_ENCRYPTION_* since 4.3"),
  PAPERCLIP_SECRET: removed("unused since 3.0"),
  REDIS_NAMESPACE: removed("not read since 4.4; keys under a namespace must be moved before"),
  STREAMING_CLUSTER_NUM: removed(
    "streaming is one process a pod since 4.2; set streaming.replicas",
  ),
  RAILS_RELATIVE_URL_ROOT: removed("Mastodon runs at the root of its host"),
  EMAIL_DOMAIN_ALLOWLIST: removed("set in the admin page"),
  EMAIL_DOMAIN_DENYLIST: removed("set in the admin page"),
  WHITELIST_MODE: removed("LIMITED_FEDERATION_MODE since 3.1"),
};

/** Families, by how their names begin; a whole name goes before them. */
const FAMILIES: readonly (readonly [prefix: string, fate: Fate])[] = [
  ["SMTP_", MAIL],
  ["BULK_SMTP_", MAIL],
  ["S3_", MEDIA],
  ["SWIFT_", OTHER_MEDIA],
  ["AZURE_", OTHER_MEDIA],
  ["PAPERCLIP_ROOT_", OTHER_MEDIA],
  ["CACHE_BUSTER_", NOT_YET],
  ["ES_", SEARCH],
  ["OIDC_", SIGN_IN],
  ["SAML_", SIGN_IN],
  ["CAS_", SIGN_IN],
  ["LDAP_", SIGN_IN],
  ["PAM_", absent("PAM needs files of the machine, and a pod has none")],
  ["REPLICA_", derived("a read replica is made by `postgres.readReplica`")],
  ["CACHE_REDIS_", derived("a second Valkey for the cache is made by `valkey.cache`")],
  ["SIDEKIQ_REDIS_", REDIS],
  ["REDIS_SENTINEL", REDIS],
  ["MASTODON_PROMETHEUS_EXPORTER_", NOT_YET],
  ["OTEL_", NOT_YET],
  ["MASTODON_VERSION_", derived("Mastodon's image sets it")],
];

/** Every whole name that is known: to name the nearest one for a typo. */
export const KNOWN_NAMES: readonly string[] = Object.keys(NAMES);

/** What becomes of a variable; undefined for one that Mastodon never read. */
export function fateOf(name: string): Fate | undefined {
  if (Object.hasOwn(NAMES, name)) return NAMES[name];
  return FAMILIES.find(([prefix]) => name.startsWith(prefix))?.[1];
}
