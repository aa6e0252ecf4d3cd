/**
 * The names that the programs in our containers read, each with where it is read. A name that nobody reads is a setting that the
 * operator believes in and that does nothing. Paths are of mastodon/mastodon at v4.6.5 unless another source is given.
 */

const POSTGRES_NAMES = ["DB_HOST", "DB_PORT", "DB_NAME", "DB_USER", "DB_PASS", "DB_SSLMODE"];

/** Rails: web, Sidekiq, Jobs. */
export const RAILS_NAMES: Readonly<Record<string, readonly string[]>> = {
  "config/database.yml": [...POSTGRES_NAMES, "DB_POOL", "PREPARED_STATEMENTS"],
  "config/database.yml, replica": [
    "REPLICA_DB_HOST",
    "REPLICA_DB_PORT",
    "REPLICA_DB_NAME",
    "REPLICA_DB_TASKS",
  ],
  "libpq, environment variables": ["PGSSLROOTCERT"],
  "lib/mastodon/redis_configuration.rb": ["REDIS_URL", "REDIS_DRIVER", "CACHE_REDIS_URL"],
  "config/initializers/1_hosts.rb": ["LOCAL_DOMAIN", "WEB_DOMAIN", "STREAMING_API_BASE_URL"],
  "config/environments/production.rb": ["CDN_HOST", "TRUSTED_PROXY_IP"],
  "Rails, `secret_key_base` of an application": ["SECRET_KEY_BASE"],
  "config/initializers/active_record_encryption.rb": [
    "ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY",
    "ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY",
    "ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT",
  ],
  "config/initializers/paperclip.rb": [
    "S3_ENABLED",
    "S3_BUCKET",
    "S3_REGION",
    "S3_ENDPOINT",
    "S3_HOSTNAME",
    "S3_ALIAS_HOST",
    "S3_PERMISSION",
    "S3_RETRY_LIMIT",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
  ],
  "app/lib/content_security_policy.rb": ["EXTRA_MEDIA_HOSTS"],
  "config/vapid.yml": ["VAPID_PRIVATE_KEY", "VAPID_PUBLIC_KEY"],
  "config/puma.rb": ["WEB_CONCURRENCY", "MAX_THREADS", "PORT", "PERSISTENT_TIMEOUT"],
  "bootsnap, its README": ["BOOTSNAP_READONLY"],
};

/** The preflight: what Rails reads, and the same of the direct port under names of its own. */
export const PREFLIGHT_NAMES: Readonly<Record<string, readonly string[]>> = {
  ...RAILS_NAMES,
  "k8s/preflight-script.ts": ["DIRECT_DB_PORT", "DIRECT_DB_NAME"],
};

/** Streaming, which knows neither libpq's names nor Rails'. */
export const STREAMING_NAMES: Readonly<Record<string, readonly string[]>> = {
  "streaming/database.js": [...POSTGRES_NAMES, "DB_POOL"],
  "streaming/redis.js": ["REDIS_URL"],
  "streaming/index.js": ["PORT", "TRUSTED_PROXY_IP"],
  "Node.js, command-line options": ["NODE_EXTRA_CA_CERTS"],
};

/** `psql` and the script around it. */
export const GRANTS_NAMES: Readonly<Record<string, readonly string[]>> = {
  "libpq, environment variables": [
    "PGHOST",
    "PGPORT",
    "PGDATABASE",
    "PGUSER",
    "PGPASSWORD",
    "PGSSLMODE",
    "PGSSLROOTCERT",
    "PGCONNECT_TIMEOUT",
  ],
  "the script in k8s/database-grants.ts": [
    "APPLICATION_USER",
    "APPLICATION_PASSWORD",
    "STREAMING_USER",
  ],
};

/** cloudflared. */
export const CONNECTOR_NAMES: Readonly<Record<string, readonly string[]>> = {
  "cloudflare/cloudflared cmd/cloudflared/tunnel/subcommands.go": ["TUNNEL_TOKEN"],
};

/** Names that guides still carry. Each does nothing, or harm. */
export const REMOVED_NAMES: Readonly<Record<string, string>> = {
  OTP_SECRET: "removed in 4.4 (CHANGELOG)",
  REDIS_NAMESPACE: "Rails stops at boot (config/initializers/deprecations.rb)",
  CACHE_REDIS_NAMESPACE: "removed with REDIS_NAMESPACE",
  SIDEKIQ_REDIS_NAMESPACE: "removed with REDIS_NAMESPACE",
  MASTODON_USE_LIBVIPS: "libvips is the only one left (config/initializers/vips.rb)",
  RAILS_LOG_TO_STDOUT: "production always does (config/environments/production.rb)",
  REDIS_HOST: "builds redis:// only, so no TLS (lib/mastodon/redis_configuration.rb)",
  DATABASE_URL: "streaming then ignores DB_SSLMODE (streaming/database.js)",
};
