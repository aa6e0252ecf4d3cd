import { absent, config, derived, extra, removed, secret, type Fate } from "./fate.ts";

/** What every server has: its names, keys, databases and processes; and what it has no more. Pure. */

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

/** Each variable by its whole name. */
export const CORE_NAMES: Readonly<Record<string, Fate>> = {
  LOCAL_DOMAIN: config("domain"),
  WEB_DOMAIN: config("webDomain"),
  WEB_CONCURRENCY: config("web.workers"),
  MAX_THREADS: config("web.threads"),
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

  RAILS_LOG_LEVEL: extra(),
  LOG_LEVEL: extra("streaming"),
  DEFAULT_LOCALE: extra(),
  FORCE_DEFAULT_LOCALE: extra(),
  S3_ALIAS_HOST: config("media.host"),
  S3_CLOUDFRONT_HOST: derived(
    "`media.host` is where media is read; docs/media.md before it changes",
  ),
  EXTRA_MEDIA_HOSTS: absent("write its hosts, without https://, as the list `media.extraHosts`"),
  IP_RETENTION_PERIOD: extra(),
  SESSION_RETENTION_PERIOD: extra(),
  USER_ACTIVE_DAYS: extra(),
  MAX_SESSION_ACTIVATIONS: extra(),
  MAX_FOLLOWS_THRESHOLD: extra(),
  MAX_FOLLOWS_RATIO: extra(),
  MAX_REQUEST_POOL_SIZE: extra(),
  DISABLE_FOLLOWERS_SYNCHRONIZATION: extra(),
  DISABLE_AUTOMATIC_SWITCHING_TO_APPROVED_REGISTRATIONS: extra(),
  EMAIL_DOMAIN_LISTS_APPLY_AFTER_CONFIRMATION: extra(),
  QUERY_LOG_TAGS_ENABLED: extra(),
  ALLOWED_PRIVATE_ADDRESSES: absent(
    "no pod may reach private addresses: a forged request of another server could, too",
  ),
  HTTP_PROXY: absent("pods reach the Internet themselves, and the NetworkPolicies know no proxy"),
  HTTPS_PROXY: absent("pods reach the Internet themselves, and the NetworkPolicies know no proxy"),
  ALLOW_ACCESS_TO_HIDDEN_SERVICE: absent("there is no way from here into Tor"),
  GITHUB_REPOSITORY: derived("a fork's source is said by `fork.source`"),
  LD_PRELOAD: IMAGE,
  RUBYOPT: IMAGE,
  NODE_OPTIONS: IMAGE,
  PATH: IMAGE,
  HOME: IMAGE,
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
  MASTODON_USE_LIBVIPS: removed("libvips is the only one left since 4.6"),
  CACHE_REDIS_NAMESPACE: removed("gone with REDIS_NAMESPACE"),
  SIDEKIQ_REDIS_NAMESPACE: removed("gone with REDIS_NAMESPACE"),
};

/** Families, by how their names begin. */
export const CORE_FAMILIES: readonly (readonly [prefix: string, fate: Fate])[] = [
  ["S3_", MEDIA],
  ["SWIFT_", OTHER_MEDIA],
  ["AZURE_", OTHER_MEDIA],
  ["PAPERCLIP_ROOT_", OTHER_MEDIA],
  ["CACHE_BUSTER_", absent("nothing at the edge takes its requests")],
  ["STATSD_", removed("gone since 4.3; numbers are Prometheus' now, by `metrics`")],
  ["FETCH_REPLIES_", removed("always on since 4.5")],
  ["REPLICA_", derived("a read replica is made by `postgres.readReplica`")],
  ["CACHE_REDIS_", derived("a second Valkey for the cache is made by `valkey.cache`")],
  ["SIDEKIQ_REDIS_", REDIS],
  ["REDIS_SENTINEL", REDIS],
  ["MASTODON_VERSION_", IMAGE],
  ["DB_", DATABASE],
  ["REDIS_", REDIS],
  ["PG", TLS],
];
