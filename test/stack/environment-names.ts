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
  ...optionNames(),
};

/** The preflight: what Rails reads, and the same of the direct port under names of its own. */
export const PREFLIGHT_NAMES: Readonly<Record<string, readonly string[]>> = {
  ...RAILS_NAMES,
  "k8s/preflight-script.ts": [
    "DIRECT_DB_PORT",
    "DIRECT_DB_NAME",
    "STREAMING_DB_USER",
    "STREAMING_DB_PASS",
  ],
};
/** What Rails reads of the optional parts. Documentation is mastodon/documentation `content/en/` at 2903485, of 2026-07. */
function optionNames(): Readonly<Record<string, readonly string[]>> {
  const smtp = [
    "SERVER",
    "PORT",
    "LOGIN",
    "PASSWORD",
    "AUTH_METHOD",
    "DOMAIN",
    "TLS",
    "ENABLE_STARTTLS",
    "OPENSSL_VERIFY_MODE",
  ];
  return {
    "config/email.yml": [
      ...smtp.map((name) => `SMTP_${name}`),
      "SMTP_FROM_ADDRESS",
      "SMTP_REPLY_TO",
      "SMTP_RETURN_PATH",
    ],
    "config/email.yml, bulk_mail, which has no sender": smtp.map((name) => `BULK_SMTP_${name}`),
    "documentation, admin/elasticsearch": [
      "ES_ENABLED",
      "ES_HOST",
      "ES_PORT",
      "ES_USER",
      "ES_PASS",
      "ES_PREFIX",
      "ES_PRESET",
    ],
    "documentation, admin/config, OmniAuth": ["OMNIAUTH_ONLY", "ONE_CLICK_SSO_LOGIN"],
    "config/initializers/3_omniauth.rb, openid_connect": [
      "OIDC_ENABLED",
      "OIDC_DISPLAY_NAME",
      "OIDC_ISSUER",
      "OIDC_DISCOVERY",
      "OIDC_CLIENT_AUTH_METHOD",
      "OIDC_SCOPE",
      "OIDC_PROMPT",
      "OIDC_USE_PKCE",
      "OIDC_UID_FIELD",
      "OIDC_CLIENT_ID",
      "OIDC_CLIENT_SECRET",
      "OIDC_REDIRECT_URI",
      "OIDC_AUTH_ENDPOINT",
      "OIDC_TOKEN_ENDPOINT",
      "OIDC_USER_INFO_ENDPOINT",
      "OIDC_JWKS_URI",
      "OIDC_END_SESSION_ENDPOINT",
      "OIDC_SECURITY_ASSUME_EMAIL_IS_VERIFIED",
    ],
    "config/initializers/3_omniauth.rb, saml": [
      "SAML_ENABLED",
      "SAML_DISPLAY_NAME",
      "SAML_ACS_URL",
      "SAML_ISSUER",
      "SAML_IDP_SSO_TARGET_URL",
      "SAML_IDP_CERT",
      "SAML_NAME_IDENTIFIER_FORMAT",
      "SAML_CERT",
      "SAML_PRIVATE_KEY",
      "SAML_SECURITY_WANT_ASSERTION_SIGNED",
      "SAML_SECURITY_WANT_ASSERTION_ENCRYPTED",
      "SAML_SECURITY_ASSUME_EMAIL_IS_VERIFIED",
      "SAML_ATTRIBUTES_STATEMENTS_UID",
      "SAML_ATTRIBUTES_STATEMENTS_EMAIL",
      "SAML_ATTRIBUTES_STATEMENTS_FULL_NAME",
      "SAML_ATTRIBUTES_STATEMENTS_FIRST_NAME",
      "SAML_ATTRIBUTES_STATEMENTS_LAST_NAME",
      "SAML_ATTRIBUTES_STATEMENTS_VERIFIED",
      "SAML_ATTRIBUTES_STATEMENTS_VERIFIED_EMAIL",
      "SAML_UID_ATTRIBUTE",
    ],
    "config/initializers/3_omniauth.rb, cas": [
      "CAS_ENABLED",
      "CAS_DISPLAY_NAME",
      "CAS_URL",
      "CAS_VALIDATE_URL",
      "CAS_LOGOUT_URL",
      "CAS_LOGIN_URL",
      "CAS_UID_FIELD",
      "CAS_UID_KEY",
      "CAS_NAME_KEY",
      "CAS_EMAIL_KEY",
      "CAS_NICKNAME_KEY",
      "CAS_FIRST_NAME_KEY",
      "CAS_LAST_NAME_KEY",
      "CAS_LOCATION_KEY",
      "CAS_IMAGE_KEY",
      "CAS_PHONE_KEY",
      "CAS_SECURITY_ASSUME_EMAIL_IS_VERIFIED",
    ],
    // The conversion's characters stand in the official chart's ConfigMap, too (mastodon/chart at 3c8d76d).
    "documentation, admin/config, LDAP": [
      "LDAP_ENABLED",
      "LDAP_HOST",
      "LDAP_PORT",
      "LDAP_METHOD",
      "LDAP_BASE",
      "LDAP_BIND_DN",
      "LDAP_PASSWORD",
      "LDAP_UID",
      "LDAP_MAIL",
      "LDAP_SEARCH_FILTER",
      "LDAP_UID_CONVERSION_ENABLED",
      "LDAP_UID_CONVERSION_SEARCH",
      "LDAP_UID_CONVERSION_REPLACE",
    ],
    "documentation, admin/optional/captcha": ["HCAPTCHA_SITE_KEY", "HCAPTCHA_SECRET_KEY"],
    "documentation, admin/config, translation": [
      "DEEPL_API_KEY",
      "DEEPL_PLAN",
      "LIBRE_TRANSLATE_ENDPOINT",
      "LIBRE_TRANSLATE_API_KEY",
    ],
    "documentation, admin/config, prometheus": [
      "MASTODON_PROMETHEUS_EXPORTER_ENABLED",
      "MASTODON_PROMETHEUS_EXPORTER_LOCAL",
      "MASTODON_PROMETHEUS_EXPORTER_HOST",
      "MASTODON_PROMETHEUS_EXPORTER_PORT",
      "MASTODON_PROMETHEUS_EXPORTER_WEB_DETAILED_METRICS",
      "MASTODON_PROMETHEUS_EXPORTER_SIDEKIQ_DETAILED_METRICS",
      "PROMETHEUS_EXPORTER_HOST",
      "PROMETHEUS_EXPORTER_PORT",
    ],
    "documentation, admin/config, otel": [
      "OTEL_EXPORTER_OTLP_ENDPOINT",
      "OTEL_SERVICE_NAME_PREFIX",
    ],
    "OpenTelemetry's SDK and exporter, environment variables": [
      "OTEL_EXPORTER_OTLP_HEADERS",
      "OTEL_TRACES_SAMPLER",
      "OTEL_TRACES_SAMPLER_ARG",
    ],
    "documentation, admin/config, federation and source": [
      "AUTHORIZED_FETCH",
      "LIMITED_FEDERATION_MODE",
      "SINGLE_USER_MODE",
      "DISALLOW_UNAUTHENTICATED_API_ACCESS",
      "ALTERNATE_DOMAINS",
      "SOURCE_BASE_URL",
    ],
  };
}

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
  "the scripts in k8s/database-grants.ts and k8s/streaming-grants-script.ts": [
    "APPLICATION_USER",
    "APPLICATION_PASSWORD",
    "STREAMING_USER",
    "STREAMING_PASSWORD",
  ],
  // Read by nobody: another release makes another Job.
  "k8s/streaming-grants.ts": ["RELEASE"],
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
  BULK_SMTP_FROM_ADDRESS: "the official chart writes it, and nothing reads it (config/email.yml)",
  STATSD_ADDR: "removed in 4.3 (documentation, admin/config)",
};
