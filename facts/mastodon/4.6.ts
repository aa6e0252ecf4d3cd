import type { MastodonFacts } from "./facts.ts";

/** Mastodon 4.6. Paths are of mastodon/mastodon at v4.6.5. */
export const MASTODON_4_6 = {
  minor: "4.6",
  readAt: {
    release: "v4.6.5",
    commit: "1440d55b139e39ec722c2a3db7f60b66cd889048",
    grade: "read in source, of the release itself",
  },

  readAgain: [
    "README.md",
    "package.json",
    "lib/tasks/db.rake",
    "config/sidekiq.yml",
    "vite.config.mts",
    "lib/mastodon/middleware/public_file_server.rb",
    "public/",
    "app/controllers/",
    "config/routes.rb",
    "config/routes/",
    "streaming/",
    "db/schema.rb",
    "db/post_migrate/",
    "Dockerfile",
    "streaming/Dockerfile",
  ],
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

  // `vite.config.mts` (names with a hash), `lib/mastodon/middleware/public_file_server.rb`
  // (Mastodon's own headers for them), `public/` (existing files).
  staticPaths: [
    // The service worker belongs to the web host's origin: browsers refuse it from another one, and
    // a copy that is cached elsewhere outlives a release.
    { startsWith: "/sw.js", class: "refused" },
    { startsWith: "/packs/sw.js", class: "refused" },
    // Media of a server without object storage; this stack has none on local disk.
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
  // `api/v1/peers/search`, `api/v2/instances`, `instance_actors`; and `well_known/*`, which do not
  // vary. `api/v1/instances/domain_blocks` does so only if everyone may see it.
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

  // `streaming/index.js`: lines 383 (token), 610 (lists), 639 (settings), 749 to 770 (blocks,
  // mutes, filters). With grants on only these, the real server of v4.6.5 served every channel.
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

  // From a search of all of config/, lib/, app/, streaming/, db/ and bin/ for ENV and process.env.
  // The names of REDIS_*, CACHE_REDIS_* and SIDEKIQ_REDIS_* are built at run time.
  variables: {
    "config/application.rb": "PAM_ENABLED QUERY_LOG_TAGS_ENABLED RAILS_SERVE_STATIC_FILES",
    "config/boot.rb": "BUNDLE_GEMFILE RAILS_ENV",
    "config/cache_buster.yml": `
      CACHE_BUSTER_ENABLED CACHE_BUSTER_HTTP_METHOD CACHE_BUSTER_SECRET
      CACHE_BUSTER_SECRET_HEADER`,
    "config/captcha.yml": "HCAPTCHA_SECRET_KEY HCAPTCHA_SITE_KEY",
    "config/database.yml": `
      DB_HOST DB_NAME DB_PASS DB_POOL DB_PORT DB_SSLMODE DB_USER MAX_THREADS
      PREPARED_STATEMENTS REPLICA_DB_HOST REPLICA_DB_NAME REPLICA_DB_PASS REPLICA_DB_PORT
      REPLICA_DB_TASKS REPLICA_DB_USER REPLICA_PREPARED_STATEMENTS TEST_ENV_NUMBER`,
    "config/email.yml": `
      BULK_SMTP_AUTH_METHOD BULK_SMTP_CA_FILE BULK_SMTP_DOMAIN BULK_SMTP_ENABLE_STARTTLS
      BULK_SMTP_ENABLE_STARTTLS_AUTO BULK_SMTP_LOGIN BULK_SMTP_OPENSSL_VERIFY_MODE
      BULK_SMTP_PASSWORD BULK_SMTP_PORT BULK_SMTP_SERVER BULK_SMTP_SSL BULK_SMTP_TLS
      LOCAL_DOMAIN SMTP_AUTH_METHOD SMTP_CA_FILE SMTP_DELIVERY_METHOD SMTP_DOMAIN
      SMTP_ENABLE_STARTTLS SMTP_ENABLE_STARTTLS_AUTO SMTP_FROM_ADDRESS SMTP_LOGIN
      SMTP_OPENSSL_VERIFY_MODE SMTP_PASSWORD SMTP_PORT SMTP_REPLY_TO SMTP_RETURN_PATH
      SMTP_SERVER SMTP_SSL SMTP_TLS`,
    "config/environments/development.rb": `
      CDN_HOST DISABLE_FORGERY_REQUEST_PROTECTION HEROKU REMOTE_DEV VAGRANT`,
    "config/environments/production.rb": `
      CDN_HOST RAILS_LOG_LEVEL SENDFILE_HEADER TRUSTED_PROXY_IP`,
    "config/environments/test.rb": "CI PAM_ENABLED",
    "config/initializers/1_hosts.rb": `
      ALTERNATE_DOMAINS LOCAL_DOMAIN LOCAL_HTTPS PORT S3_ENABLED STREAMING_API_BASE_URL
      SWIFT_ENABLED WEB_DOMAIN`,
    "config/initializers/3_omniauth.rb": `
      CAS_CALLBACK_URL CAS_CA_PATH CAS_DISABLE_SSL_VERIFICATION CAS_DISPLAY_NAME
      CAS_EMAIL_KEY CAS_FIRST_NAME_KEY CAS_HOST CAS_IMAGE_KEY CAS_LAST_NAME_KEY
      CAS_LOCATION_KEY CAS_LOGIN_URL CAS_LOGOUT_URL CAS_NAME_KEY CAS_NICKNAME_KEY
      CAS_PHONE_KEY CAS_PORT CAS_SECURITY_ASSUME_EMAIL_IS_VERIFIED CAS_SSL CAS_UID_FIELD
      CAS_UID_KEY CAS_URL CAS_VALIDATE_URL OIDC_AUTH_ENDPOINT OIDC_CLIENT_AUTH_METHOD
      OIDC_CLIENT_ID OIDC_CLIENT_SECRET OIDC_DISCOVERY OIDC_DISPLAY OIDC_DISPLAY_NAME
      OIDC_END_SESSION_ENDPOINT OIDC_HOST OIDC_HTTP_SCHEME OIDC_IDP_LOGOUT_REDIRECT_URI
      OIDC_ISSUER OIDC_JWKS_URI OIDC_PORT OIDC_PROMPT OIDC_REDIRECT_URI OIDC_RESPONSE_MODE
      OIDC_RESPONSE_TYPE OIDC_SCOPE OIDC_SECURITY_ASSUME_EMAIL_IS_VERIFIED OIDC_SEND_NONCE
      OIDC_SEND_SCOPE_TO_TOKEN_ENDPOINT OIDC_TOKEN_ENDPOINT OIDC_UID_FIELD
      OIDC_USER_INFO_ENDPOINT OIDC_USE_PKCE SAML_ACS_URL SAML_ALLOWED_CLOCK_DRIFT
      SAML_ATTRIBUTES_STATEMENTS_EMAIL SAML_ATTRIBUTES_STATEMENTS_FIRST_NAME
      SAML_ATTRIBUTES_STATEMENTS_FULL_NAME SAML_ATTRIBUTES_STATEMENTS_LAST_NAME
      SAML_ATTRIBUTES_STATEMENTS_UID SAML_ATTRIBUTES_STATEMENTS_VERIFIED
      SAML_ATTRIBUTES_STATEMENTS_VERIFIED_EMAIL SAML_CERT SAML_DISPLAY_NAME SAML_IDP_CERT
      SAML_IDP_CERT_FINGERPRINT SAML_IDP_CERT_FINGERPRINT_VALIDATOR
      SAML_IDP_SSO_TARGET_PARAMS SAML_IDP_SSO_TARGET_URL SAML_ISSUER
      SAML_NAME_IDENTIFIER_FORMAT SAML_PRIVATE_KEY SAML_SECURITY_ASSUME_EMAIL_IS_VERIFIED
      SAML_SECURITY_WANT_ASSERTION_ENCRYPTED SAML_SECURITY_WANT_ASSERTION_SIGNED
      SAML_UID_ATTRIBUTE`,
    "config/initializers/active_record_encryption.rb": `
      ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY
      ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY
      SECRET_KEY_BASE_DUMMY`,
    "config/initializers/allowed_private_addresses.rb": "ALLOWED_PRIVATE_ADDRESSES",
    "config/initializers/backtrace_silencers.rb": "BACKTRACE",
    "config/initializers/chewy.rb": `
      ES_CA_FILE ES_ENABLED ES_HOST ES_PASS ES_PORT ES_PREFIX ES_PRESET ES_USER`,
    "config/initializers/content_security_policy.rb": "VITE_DEV_SERVER_PUBLIC",
    "config/initializers/deprecations.rb": `
      ES_ENABLED ES_HOST ES_PASS ES_PORT ES_PREFIX REDIS_NAMESPACE WHITELIST_MODE`,
    "config/initializers/devise.rb": `
      LDAP_BASE LDAP_BIND_DN LDAP_ENABLED LDAP_HOST LDAP_MAIL LDAP_METHOD LDAP_PASSWORD
      LDAP_PORT LDAP_SEARCH_FILTER LDAP_TLS_NO_VERIFY LDAP_UID LDAP_UID_CONVERSION_ENABLED
      LDAP_UID_CONVERSION_REPLACE LDAP_UID_CONVERSION_SEARCH LOCAL_DOMAIN
      PAM_CONTROLLED_SERVICE PAM_DEFAULT_SERVICE PAM_EMAIL_DOMAIN PAM_ENABLED
      SMTP_FROM_ADDRESS`,
    "config/initializers/email_domains_lists.rb": `
      EMAIL_DOMAIN_ALLOWLIST EMAIL_DOMAIN_BLACKLIST EMAIL_DOMAIN_DENYLIST
      EMAIL_DOMAIN_WHITELIST`,
    "config/initializers/email_subscriptions.rb": "DISABLE_EMAIL_SUBSCRIPTIONS",
    "config/initializers/ffmpeg.rb": "FFMPEG_BINARY FFPROBE_BINARY",
    "config/initializers/fog_connection_cache.rb": "SWIFT_ENABLED",
    "config/initializers/http_client_proxy.rb": `
      ALLOW_ACCESS_TO_HIDDEN_SERVICE http_hidden_proxy http_proxy`,
    "config/initializers/i18n.rb": "DEFAULT_LOCALE",
    "config/initializers/opentelemetry.rb": "OTEL_SERVICE_NAME_PREFIX OTEL_SERVICE_NAME_SEPARATOR",
    "config/initializers/paperclip.rb": `
      AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AZURE_ALIAS_HOST AZURE_CONTAINER_NAME
      AZURE_ENABLED AZURE_STORAGE_ACCESS_KEY AZURE_STORAGE_ACCOUNT PAPERCLIP_ROOT_PATH
      PAPERCLIP_ROOT_URL S3_ALIAS_HOST S3_BUCKET S3_CLOUDFRONT_HOST S3_ENABLED
      S3_ENABLE_CHECKSUM_MODE S3_ENDPOINT S3_FORCE_SINGLE_REQUEST S3_HOSTNAME S3_KEY_PREFIX
      S3_MULTIPART_THRESHOLD S3_OPEN_TIMEOUT S3_OVERRIDE_PATH_STYLE S3_PERMISSION
      S3_PROTOCOL S3_READ_TIMEOUT S3_REGION S3_RETRY_LIMIT S3_SIGNATURE_VERSION
      S3_STORAGE_CLASS SWIFT_AUTH_URL SWIFT_CACHE_TTL SWIFT_CONTAINER SWIFT_DOMAIN_NAME
      SWIFT_ENABLED SWIFT_OBJECT_URL SWIFT_PASSWORD SWIFT_PROJECT_ID SWIFT_REGION
      SWIFT_TEMP_URL_KEY SWIFT_TENANT SWIFT_USERNAME`,
    "config/initializers/prometheus_exporter.rb": `
      MASTODON_PROMETHEUS_EXPORTER_ENABLED MASTODON_PROMETHEUS_EXPORTER_HOST
      MASTODON_PROMETHEUS_EXPORTER_LOCAL MASTODON_PROMETHEUS_EXPORTER_PORT
      MASTODON_PROMETHEUS_EXPORTER_WEB_DETAILED_METRICS`,
    "config/initializers/session_activations.rb": "MAX_SESSION_ACTIVATIONS",
    "config/initializers/sidekiq.rb": `
      MASTODON_PROMETHEUS_EXPORTER_ENABLED MASTODON_PROMETHEUS_EXPORTER_LOCAL
      MASTODON_PROMETHEUS_EXPORTER_SIDEKIQ_DETAILED_METRICS MASTODON_SIDEKIQ_READY_FILENAME
      RAILS_LOG_LEVEL`,
    "config/initializers/single_user_mode.rb": "SINGLE_USER_MODE",
    "config/initializers/vips.rb": "VIPS_BLOCK_UNTRUSTED",
    "config/mastodon.yml": `
      DONATION_CAMPAIGNS_ENVIRONMENT DONATION_CAMPAIGNS_URL EXPERIMENTAL_FEATURES
      GITHUB_REPOSITORY LIMITED_FEDERATION_MODE MASTODON_VERSION_METADATA
      MASTODON_VERSION_PRERELEASE SELF_DESTRUCT SOURCE_BASE_URL SOURCE_TAG UPDATE_CHECK_URL
      WHITELIST_MODE`,
    "config/omniauth.yml": "CAS_ENABLED OIDC_ENABLED SAML_ENABLED",
    "config/pghero.yml": "DATABASE_URL OTHER_DATABASE_URL PGHERO_STATS_DATABASE_URL",
    "config/puma.rb": `
      BIND MASTODON_PROMETHEUS_EXPORTER_ENABLED MASTODON_PROMETHEUS_EXPORTER_LOCAL
      MAX_THREADS MIN_THREADS PERSISTENT_TIMEOUT PORT PROXY_PROTO_V1 SOCKET WEB_CONCURRENCY`,
    "config/sidekiq.yml": "SIDEKIQ_CONCURRENCY",
    "config/translation.yml": `
      DEEPL_API_KEY DEEPL_PLAN LIBRE_TRANSLATE_API_KEY LIBRE_TRANSLATE_ENDPOINT`,
    "config/vapid.yml": "VAPID_PRIVATE_KEY VAPID_PUBLIC_KEY",
    "lib/chewy/index_extensions.rb": "ES_PRESET",
    "lib/mastodon/database.rb": "SKIP_POST_DEPLOYMENT_MIGRATIONS",
    "lib/mastodon/middleware/public_file_server.rb": "PAPERCLIP_ROOT_URL",
    "lib/mastodon/migration_helpers.rb": "USER",
    "lib/mastodon/redis_configuration.rb": `
      CACHE_REDIS_DB CACHE_REDIS_HOST CACHE_REDIS_PASSWORD CACHE_REDIS_PORT
      CACHE_REDIS_SENTINELS CACHE_REDIS_SENTINEL_MASTER CACHE_REDIS_SENTINEL_PASSWORD
      CACHE_REDIS_SENTINEL_PORT CACHE_REDIS_SENTINEL_USERNAME CACHE_REDIS_URL
      CACHE_REDIS_USER MAX_THREADS REDIS_DB REDIS_DRIVER REDIS_HOST REDIS_PASSWORD
      REDIS_PORT REDIS_SENTINELS REDIS_SENTINEL_MASTER REDIS_SENTINEL_PASSWORD
      REDIS_SENTINEL_PORT REDIS_SENTINEL_USERNAME REDIS_URL REDIS_USER SIDEKIQ_REDIS_DB
      SIDEKIQ_REDIS_HOST SIDEKIQ_REDIS_PASSWORD SIDEKIQ_REDIS_PORT SIDEKIQ_REDIS_SENTINELS
      SIDEKIQ_REDIS_SENTINEL_MASTER SIDEKIQ_REDIS_SENTINEL_PASSWORD
      SIDEKIQ_REDIS_SENTINEL_PORT SIDEKIQ_REDIS_SENTINEL_USERNAME SIDEKIQ_REDIS_URL
      SIDEKIQ_REDIS_USER TEST_ENV_NUMBER`,
    "lib/mastodon/sidekiq_middleware.rb": "BACKTRACE",
    "lib/mastodon/version.rb": "SOURCE_COMMIT",
    "lib/tasks/annotate_rb.rake": "ANNOTATERB_SKIP_ON_DB_TASKS",
    "lib/tasks/db.rake": "IGNORE_ALREADY_SET_SECRETS SKIP_POST_DEPLOYMENT_MIGRATIONS",
    "lib/tasks/dev.rake": "TEST_DATA_SHOWCASE_EMAIL TEST_DATA_SHOWCASE_SIDEKICK_EMAIL",
    "lib/tasks/mastodon.rake": `
      AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY CACHE_REDIS_URL DB_HOST DB_NAME DB_PASS
      DB_PORT DB_USER LOCAL_DOMAIN REDIS_HOST REDIS_PASSWORD REDIS_PORT REDIS_URL
      S3_ALIAS_HOST S3_BUCKET S3_ENABLED S3_ENDPOINT S3_HOSTNAME S3_MULTIPART_THRESHOLD
      S3_PROTOCOL S3_REGION SIDEKIQ_REDIS_URL SINGLE_USER_MODE SMTP_AUTH_METHOD
      SMTP_ENABLE_STARTTLS SMTP_ENABLE_STARTTLS_AUTO SMTP_FROM_ADDRESS SMTP_LOGIN
      SMTP_OPENSSL_VERIFY_MODE SMTP_PASSWORD SMTP_PORT SMTP_SERVER UPDATE_CHECK_URL
      VAPID_PRIVATE_KEY VAPID_PUBLIC_KEY`,
    "lib/tasks/repo.rake": "GITHUB_API_TOKEN",
    "app/controllers/activitypub/inboxes_controller.rb": "DISABLE_FOLLOWERS_SYNCHRONIZATION",
    "app/controllers/api/base_controller.rb": "DISALLOW_UNAUTHENTICATED_API_ACCESS",
    "app/controllers/application_controller.rb": "OMNIAUTH_ONLY SSO_ACCOUNT_SETTINGS",
    "app/controllers/concerns/localized.rb": "FORCE_DEFAULT_LOCALE",
    "app/controllers/concerns/web_app_controller_concern.rb": "OMNIAUTH_ONLY ONE_CLICK_SSO_LOGIN",
    "app/helpers/application_helper.rb": `
      AZURE_ALIAS_HOST OMNIAUTH_ONLY S3_ALIAS_HOST S3_CLOUDFRONT_HOST SSO_ACCOUNT_SIGN_UP`,
    "app/helpers/authorized_fetch_helper.rb": "AUTHORIZED_FETCH",
    "app/helpers/database_helper.rb": "REPLICA_DATABASE_URL REPLICA_DB_HOST REPLICA_DB_NAME",
    "app/helpers/registration_helper.rb": "OMNIAUTH_ONLY",
    "app/helpers/self_destruct_helper.rb": "LOCAL_DOMAIN",
    "app/lib/admin/system_check/elasticsearch_check.rb": "ES_PRESET",
    "app/lib/attachment_batch.rb": "S3_BATCH_DELETE_LIMIT S3_BATCH_DELETE_RETRY",
    "app/lib/content_security_policy.rb": `
      AZURE_ALIAS_HOST EXTRA_MEDIA_HOSTS OMNIAUTH_ONLY ONE_CLICK_SSO_LOGIN
      PAPERCLIP_ROOT_URL S3_ALIAS_HOST S3_CLOUDFRONT_HOST S3_HOSTNAME SWIFT_OBJECT_URL`,
    "app/lib/redis_connection.rb": "MAX_THREADS",
    "app/lib/request_pool.rb": "MAX_REQUEST_POOL_SIZE",
    "app/models/backup.rb": "S3_PERMISSION",
    "app/models/concerns/user/activity.rb": "USER_ACTIVE_DAYS",
    "app/models/concerns/user/omniauthable.rb": "ALLOW_UNSAFE_AUTH_PROVIDER_REATTACH",
    "app/models/concerns/user/pam_authenticable.rb": "PAM_ENABLED",
    "app/models/user.rb": "EMAIL_DOMAIN_LISTS_APPLY_AFTER_CONFIRMATION",
    "app/serializers/initial_state_serializer.rb": "OMNIAUTH_ONLY ONE_CLICK_SSO_LOGIN",
    "app/serializers/rest/instance_serializer.rb": "SSO_ACCOUNT_SIGN_UP",
    "app/serializers/webfinger_serializer.rb": "DISALLOW_UNAUTHENTICATED_API_ACCESS",
    "app/services/update_media_attachments_permissions_service.rb": "S3_PERMISSION",
    "app/validators/follow_limit_validator.rb": "MAX_FOLLOWS_RATIO MAX_FOLLOWS_THRESHOLD",
    "app/workers/activitypub/delivery_worker.rb": "DISABLE_FOLLOWERS_SYNCHRONIZATION",
    "app/workers/scheduler/auto_close_registrations_scheduler.rb": `
      DISABLE_AUTOMATIC_SWITCHING_TO_APPROVED_REGISTRATIONS`,
    "app/workers/scheduler/ip_cleanup_scheduler.rb": "IP_RETENTION_PERIOD SESSION_RETENTION_PERIOD",
    "streaming/database.js": `
      DATABASE_URL DB_HOST DB_NAME DB_PASS DB_POOL DB_PORT DB_SSLMODE DB_USER`,
    "streaming/index.js": "BIND NODE_ENV PORT SOCKET TRUSTED_PROXY_IP",
    "streaming/logging.js": "LOG_LEVEL",
    "streaming/redis.js": `
      REDIS_DB REDIS_HOST REDIS_PASSWORD REDIS_PORT REDIS_SENTINELS REDIS_SENTINEL_MASTER
      REDIS_SENTINEL_PASSWORD REDIS_SENTINEL_PORT REDIS_SENTINEL_USERNAME REDIS_URL
      REDIS_USER`,
    "db/post_migrate/20240307180905_migrate_devise_two_factor_secrets.rb": `
      MIGRATION_IGNORE_INVALID_OTP_SECRET OTP_SECRET SECRET_KEY_BASE_DUMMY`,
    "db/seeds/04_admin.rb": "LOCAL_DOMAIN",
    // `bundler-audit`, `rspec` and the other tools there.
    "bin/*": "BUNDLE_GEMFILE PATH",
  },
} as const satisfies MastodonFacts;
