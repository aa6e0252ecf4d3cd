import { TRUSTED_PROXIES } from "../../config/topology.ts";
import { hostsOf } from "../hosts.ts";
import {
  absent,
  config,
  derived,
  extra,
  extraAlsoEmpty,
  readBy,
  removed,
  type Fate,
} from "./fate.ts";

/**
 * Variables of every server: its names, keys, databases and processes; and those that Mastodon no
 * longer reads.
 */

const rails = readBy("rails");
const MOVE = "move the data with pg_dump and pg_restore";
const DATABASE = derived(
  `the database is made by this program, with its own host, names and passwords; ${MOVE}`,
);
const DATABASE_PARTS = absent(
  `DB_HOST and its kin say it, of a database that this program makes, and streaming would forget DB_SSLMODE; ${MOVE}`,
);
const REPLICA = derived("a read replica is made by `postgres.readReplica`");
const REDIS_URL = derived(
  "Valkey is made by this program; it starts empty, and feeds are built anew by `tootctl feeds build`",
);
const REDIS_PARTS = absent(
  "REDIS_URL says it, of the Valkey that this program makes; without a URL Mastodon speaks no TLS",
);
const ONE_QUEUE = absent("Sidekiq's jobs are in the one Valkey that REDIS_URL says");
const IMAGE = absent("Mastodon's image sets it, for the programs that it brings");
const DEVELOPMENT = absent("only development and tests read it, and this is production");
const MEDIA = derived(
  "the bucket and its key are made by `media.storage`; copy what lies in the old one (docs/media.md)",
);
const PURGE = derived("`media.purge` says whether, and the Worker that answers says how");
const OTHER_MEDIA = absent("media lies in R2 or on Spaces here; copy it there (docs/media.md)");

/** Each variable by its complete name. */
export const CORE_NAMES: Readonly<Record<string, Fate>> = {
  LOCAL_DOMAIN: rails.key("domain"),
  WEB_DOMAIN: rails.key("webDomain", ({ domain, webDomain }) =>
    webDomain === domain ? undefined : webDomain,
  ),
  WEB_CONCURRENCY: config("web.workers"),
  MAX_THREADS: config("web.threads"),
  SECRET_KEY_BASE_DUMMY: absent(
    "with it each start makes new keys in the place of ACTIVE_RECORD_ENCRYPTION_*, and nobody ever reads again what was written with them",
  ),
  IGNORE_ALREADY_SET_SECRETS: absent("`npm run secrets -- init` makes a server's keys here"),
  OTP_SECRET: absent(
    "one old migration reads it, from before 4.3; two-factor secrets are under ACTIVE_RECORD_ENCRYPTION_* since. Bring an older server to 4.3 where it is",
  ),
  MIGRATION_IGNORE_INVALID_OTP_SECRET: extra(),

  DATABASE_URL: DATABASE_PARTS,
  PRIMARY_DATABASE_URL: DATABASE_PARTS,
  DB_HOST: DATABASE,
  DB_NAME: DATABASE,
  DB_PASS: DATABASE,
  DB_PORT: DATABASE,
  DB_USER: DATABASE,
  DB_POOL: derived("each process has as many connections as it has threads"),
  DB_SSLMODE: derived("every connection to the database verifies certificate and host name here"),
  PREPARED_STATEMENTS: derived("off behind the transaction pool, on for migrations"),
  REPLICA_DATABASE_URL: absent("REPLICA_DB_HOST and its kin say it, by `postgres.readReplica`"),
  REPLICA_DB_HOST: REPLICA,
  REPLICA_DB_NAME: REPLICA,
  REPLICA_DB_PORT: REPLICA,
  REPLICA_DB_TASKS: REPLICA,
  REPLICA_DB_USER: absent("a replica has the roles of its database: DB_USER holds"),
  REPLICA_DB_PASS: absent("a replica has the roles of its database: DB_PASS holds"),
  REPLICA_PREPARED_STATEMENTS: absent("the same as PREPARED_STATEMENTS, and that is right"),
  OTHER_DATABASE_URL: absent("PgHero looks at Mastodon's own database, and at no other"),
  PGHERO_STATS_DATABASE_URL: absent(
    "PgHero keeps no history here, and the address would stand readable in the stack file with its password",
  ),
  REDIS_URL,
  REDIS_DRIVER: derived("`ruby`, the only one that verifies certificates"),
  CACHE_REDIS_URL: derived("a second Valkey for the cache is made by `valkey.cache`"),
  SIDEKIQ_REDIS_URL: ONE_QUEUE,
  REDIS_NAMESPACE: absent(
    "Mastodon does not start where it is set, since 4.4; keys under a namespace must be moved before",
  ),
  SIDEKIQ_CONCURRENCY: absent("each group of `sidekiq` says its own `concurrency`"),
  MASTODON_SIDEKIQ_READY_FILENAME: absent(
    "the probes of Sidekiq's pods look for the image's own name, and would never find another",
  ),

  STREAMING_API_BASE_URL: rails.derived(
    "`wss://streaming.` and the web domain",
    (config) => `wss://${hostsOf(config).streaming}`,
  ),
  CDN_HOST: rails.derived(
    "`https://assets.` and the web domain",
    (config) => `https://${hostsOf(config).assets}`,
  ),
  TRUSTED_PROXY_IP: rails.derived("the cluster's own ranges", () => TRUSTED_PROXIES),
  PROXY_PROTO_V1: absent(
    "Puma would wait for a line that the tunnel doesn't send, and fail every request and probe",
  ),
  RAILS_SERVE_STATIC_FILES: IMAGE,
  RAILS_ENV: IMAGE,
  NODE_ENV: IMAGE,
  BIND: IMAGE,
  USER: IMAGE,
  SOURCE_COMMIT: IMAGE,
  MASTODON_VERSION_METADATA: IMAGE,
  MASTODON_VERSION_PRERELEASE: IMAGE,
  FFMPEG_BINARY: absent("uploads go through the image's own ffmpeg"),
  FFPROBE_BINARY: absent("uploads go through the image's own ffprobe"),
  VIPS_BLOCK_UNTRUSTED: absent("Mastodon itself sets it to `true` at each start"),
  PORT: derived("each process listens where its Service expects it"),
  SOCKET: absent("processes listen on ports; there is no proxy beside them"),
  MIN_THREADS: absent("the same as MAX_THREADS, by itself"),
  PERSISTENT_TIMEOUT: derived("longer than the tunnel keeps a connection"),
  SENDFILE_HEADER: absent("there is no proxy beside the process that could read it"),
  SKIP_POST_DEPLOYMENT_MIGRATIONS: absent("the release order sets it where it belongs"),
  SELF_DESTRUCT: absent(
    "with it the server deletes all its accounts on every other server, for good",
  ),

  RAILS_LOG_LEVEL: extra(),
  LOG_LEVEL: extra("streaming"),
  BACKTRACE: extra(),
  DEFAULT_LOCALE: extra(),
  FORCE_DEFAULT_LOCALE: extra(),
  IP_RETENTION_PERIOD: extra(),
  SESSION_RETENTION_PERIOD: extra(),
  USER_ACTIVE_DAYS: extra(),
  MAX_SESSION_ACTIVATIONS: extra(),
  MAX_FOLLOWS_THRESHOLD: extra(),
  MAX_FOLLOWS_RATIO: extra(),
  MAX_REQUEST_POOL_SIZE: extra(),
  DISABLE_FOLLOWERS_SYNCHRONIZATION: extra(),
  DISABLE_AUTOMATIC_SWITCHING_TO_APPROVED_REGISTRATIONS: extra(),
  DISABLE_EMAIL_SUBSCRIPTIONS: extra(),
  EMAIL_DOMAIN_ALLOWLIST: extra(),
  EMAIL_DOMAIN_DENYLIST: extra(),
  // The older names of the two; the newer one counts where both are set.
  EMAIL_DOMAIN_WHITELIST: extra(),
  EMAIL_DOMAIN_BLACKLIST: extra(),
  EMAIL_DOMAIN_LISTS_APPLY_AFTER_CONFIRMATION: extra(),
  QUERY_LOG_TAGS_ENABLED: extra(),
  EXPERIMENTAL_FEATURES: extra(),
  // If empty, no one is notified of new releases.
  UPDATE_CHECK_URL: extraAlsoEmpty(),
  DONATION_CAMPAIGNS_URL: extra(),
  DONATION_CAMPAIGNS_ENVIRONMENT: extra(),
  ALLOWED_PRIVATE_ADDRESSES: absent(
    "no pod may reach private addresses: a forged request of another server could, too",
  ),
  http_proxy: absent("pods reach the Internet themselves, and the NetworkPolicies know no proxy"),
  http_hidden_proxy: absent("there is no way from here into Tor"),
  ALLOW_ACCESS_TO_HIDDEN_SERVICE: absent("there is no way from here into Tor"),
  GITHUB_REPOSITORY: absent("a fork's source is said by `fork.source`"),
  SOURCE_TAG: extra(),

  S3_ENABLED: MEDIA,
  S3_BUCKET: MEDIA,
  S3_REGION: MEDIA,
  S3_ENDPOINT: MEDIA,
  S3_HOSTNAME: MEDIA,
  S3_PERMISSION: MEDIA,
  AWS_ACCESS_KEY_ID: MEDIA,
  AWS_SECRET_ACCESS_KEY: MEDIA,
  S3_OPEN_TIMEOUT: derived("10 seconds; Mastodon's own 5 are too few for cheap storage"),
  S3_READ_TIMEOUT: derived("60 seconds; Mastodon's own 5 are too few for cheap storage"),
  S3_RETRY_LIMIT: derived("3; by itself one lost packet is a failed upload"),
  S3_PROTOCOL: absent("`https`, by itself"),
  S3_OVERRIDE_PATH_STYLE: absent("both stores are asked by path here"),
  S3_SIGNATURE_VERSION: absent("`v4`, by itself; neither store takes another"),
  S3_KEY_PREFIX: absent(
    "objects lie at the root of the bucket here; copy those below the prefix to the root (docs/media.md)",
  ),
  S3_MULTIPART_THRESHOLD: extra(),
  S3_STORAGE_CLASS: extra(),
  S3_ENABLE_CHECKSUM_MODE: extra(),
  S3_FORCE_SINGLE_REQUEST: extra(),
  S3_BATCH_DELETE_LIMIT: extra(),
  S3_BATCH_DELETE_RETRY: extra(),
  S3_ALIAS_HOST: config("media.host"),
  S3_CLOUDFRONT_HOST: absent(
    "`media.host` is where media is read; docs/media.md before it changes",
  ),
  CACHE_BUSTER_ENABLED: PURGE,
  CACHE_BUSTER_HTTP_METHOD: PURGE,
  CACHE_BUSTER_SECRET_HEADER: PURGE,
  CACHE_BUSTER_SECRET: PURGE,
  EXTRA_MEDIA_HOSTS: absent("write its hosts, without https://, as the list `media.extraHosts`"),

  CI: DEVELOPMENT,
  HEROKU: DEVELOPMENT,
  VAGRANT: DEVELOPMENT,
  REMOTE_DEV: DEVELOPMENT,
  LOCAL_HTTPS: DEVELOPMENT,
  DISABLE_FORGERY_REQUEST_PROTECTION: DEVELOPMENT,
  VITE_DEV_SERVER_PUBLIC: DEVELOPMENT,
  TEST_ENV_NUMBER: DEVELOPMENT,
  TEST_DATA_SHOWCASE_EMAIL: DEVELOPMENT,
  TEST_DATA_SHOWCASE_SIDEKICK_EMAIL: DEVELOPMENT,
  ANNOTATERB_SKIP_ON_DB_TASKS: DEVELOPMENT,
  GITHUB_API_TOKEN: DEVELOPMENT,

  RAILS_LOG_TO_STDOUT: removed("Mastodon logs to standard output"),
  PAPERCLIP_SECRET: removed("unused since 3.0"),
  STREAMING_CLUSTER_NUM: removed(
    "streaming is one process a pod since 4.2; set streaming.replicas",
  ),
  MASTODON_USE_LIBVIPS: removed("libvips is the only one left since 4.6"),
  CACHE_REDIS_NAMESPACE: removed("gone with REDIS_NAMESPACE"),
  SIDEKIQ_REDIS_NAMESPACE: removed("gone with REDIS_NAMESPACE"),
};

/** Families that must not be set, by prefix. */
export const CORE_FAMILIES: readonly (readonly [prefix: string, fate: Fate])[] = [
  ["SWIFT_", OTHER_MEDIA],
  ["AZURE_", OTHER_MEDIA],
  ["PAPERCLIP_ROOT_", OTHER_MEDIA],
  ["STATSD_", removed("gone since 4.3; numbers are Prometheus' now, by `metrics`")],
  ["FETCH_REPLIES_", removed("always on since 4.5")],
  ["CACHE_REDIS_", absent("CACHE_REDIS_URL says it, of the Valkey that `valkey.cache` makes")],
  ["SIDEKIQ_REDIS_", ONE_QUEUE],
  ["REDIS_", REDIS_PARTS],
];
