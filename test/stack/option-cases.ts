import { EVERY_OPTION, OTHER_TRANSLATION } from "../config/every-option.ts";

/** The container of web, by pod. */
export const WEB = "web/puma";
const SIDEKIQ = ["default", "federation", "scheduler"].map((group) => `sidekiq-${group}/sidekiq`);
const JOBS = [
  "preflight/preflight",
  "migrate-pre-deployment/migrate",
  "migrate-post-deployment/migrate",
  "upkeep-profiles/tootctl",
];
const RAILS = [WEB, ...SIDEKIQ, ...JOBS];

/** The same names for each of several processes. */
const each = (processes: readonly string[], ...names: readonly string[]) =>
  Object.fromEntries(processes.map((process) => [process, [...names].sort()]));

const SMTP = ["SERVER", "PORT", "AUTH_METHOD", "ENABLE_STARTTLS", "OPENSSL_VERIFY_MODE"].map(
  (name) => `SMTP_${name}`,
);

/** Each option with its minimum, and the exact variables and their readers. */
export const CASES: readonly (readonly [
  key: string,
  value: unknown,
  reads: Readonly<Record<string, readonly string[]>>,
])[] = [
  [
    "media",
    { purge: true },
    {
      ...each([WEB, ...JOBS], "CACHE_BUSTER_ENABLED"),
      ...each(
        SIDEKIQ,
        ...["ENABLED", "HTTP_METHOD", "SECRET_HEADER", "SECRET"].map(
          (name) => `CACHE_BUSTER_${name}`,
        ),
      ),
    },
  ],
  [
    "mail",
    { server: "smtp.mail.example.net", from: "hello@example.social" },
    {
      ...each([WEB, ...JOBS], ...SMTP, "SMTP_FROM_ADDRESS"),
      ...each(SIDEKIQ, ...SMTP, "SMTP_FROM_ADDRESS", "SMTP_LOGIN", "SMTP_PASSWORD"),
    },
  ],
  [
    "mail",
    {
      server: "relay.mail.svc.cluster.local",
      port: 25,
      from: "a@b.example",
      authentication: "none",
    },
    each(RAILS, ...SMTP, "SMTP_FROM_ADDRESS"),
  ],
  [
    "search",
    { host: "search.example.net" },
    each(RAILS, "ES_ENABLED", "ES_HOST", "ES_PORT", "ES_PRESET"),
  ],
  [
    "search",
    { host: "search.example.net", user: "mastodon" },
    each(RAILS, "ES_ENABLED", "ES_HOST", "ES_PORT", "ES_PRESET", "ES_USER", "ES_PASS"),
  ],
  [
    "signIn",
    { oidc: { issuer: "https://id.example.net", clientId: "mastodon" } },
    each(
      [WEB],
      "OIDC_ENABLED",
      "OIDC_ISSUER",
      "OIDC_CLIENT_ID",
      "OIDC_CLIENT_SECRET",
      "OIDC_SCOPE",
      "OIDC_UID_FIELD",
      "OIDC_REDIRECT_URI",
      "OIDC_DISCOVERY",
    ),
  ],
  [
    "signIn",
    {
      saml: {
        signInUrl: EVERY_OPTION.signIn.saml.signInUrl,
        certificate: EVERY_OPTION.signIn.saml.certificate,
      },
    },
    each(
      [WEB],
      "SAML_ENABLED",
      "SAML_ACS_URL",
      "SAML_ISSUER",
      "SAML_IDP_SSO_TARGET_URL",
      "SAML_IDP_CERT",
      "SAML_SECURITY_WANT_ASSERTION_SIGNED",
    ),
  ],
  ["signIn", { cas: { url: "https://sso.example.net" } }, each([WEB], "CAS_ENABLED", "CAS_URL")],
  [
    "signIn",
    { cas: { url: "https://sso.example.net" }, only: true, oneClick: true },
    each([WEB], "CAS_ENABLED", "CAS_URL", "OMNIAUTH_ONLY", "ONE_CLICK_SSO_LOGIN"),
  ],
  [
    "signIn",
    { ldap: { host: "ldap.example.net", base: "dc=example", bindDn: "cn=mastodon" } },
    each(
      [WEB],
      "LDAP_ENABLED",
      "LDAP_HOST",
      "LDAP_PORT",
      "LDAP_METHOD",
      "LDAP_BASE",
      "LDAP_BIND_DN",
      "LDAP_PASSWORD",
      "LDAP_UID",
      "LDAP_MAIL",
    ),
  ],
  ["captcha", EVERY_OPTION.captcha, each([WEB], "HCAPTCHA_SITE_KEY", "HCAPTCHA_SECRET_KEY")],
  ["translation", { deepl: {} }, each([WEB], "DEEPL_PLAN", "DEEPL_API_KEY")],
  [
    "translation",
    { libreTranslate: { endpoint: "https://translate.example.net" } },
    each([WEB], "LIBRE_TRANSLATE_ENDPOINT"),
  ],
  [
    "translation",
    OTHER_TRANSLATION,
    each([WEB], "LIBRE_TRANSLATE_ENDPOINT", "LIBRE_TRANSLATE_API_KEY"),
  ],
  [
    "metrics",
    { namespace: "monitoring" },
    {
      ...each(
        [WEB],
        "MASTODON_PROMETHEUS_EXPORTER_ENABLED",
        "PROMETHEUS_EXPORTER_HOST",
        "PROMETHEUS_EXPORTER_PORT",
      ),
      ...each(
        SIDEKIQ,
        "MASTODON_PROMETHEUS_EXPORTER_ENABLED",
        "MASTODON_PROMETHEUS_EXPORTER_LOCAL",
        "MASTODON_PROMETHEUS_EXPORTER_HOST",
        "MASTODON_PROMETHEUS_EXPORTER_PORT",
      ),
    },
  ],
  [
    "tracing",
    { endpoint: "https://otlp.example.net:4318", headers: true },
    each(
      [WEB, ...SIDEKIQ],
      "OTEL_EXPORTER_OTLP_ENDPOINT",
      "OTEL_EXPORTER_OTLP_HEADERS",
      "OTEL_SERVICE_NAME_PREFIX",
      "OTEL_TRACES_SAMPLER",
      "OTEL_TRACES_SAMPLER_ARG",
    ),
  ],
  ["federation", { authorizedFetch: true }, each(RAILS, "AUTHORIZED_FETCH")],
  ["federation", { limited: true }, each(RAILS, "LIMITED_FEDERATION_MODE")],
  ["federation", { singleUser: true }, each(RAILS, "SINGLE_USER_MODE")],
  ["federation", { apiForMembersOnly: true }, each(RAILS, "DISALLOW_UNAUTHENTICATED_API_ACCESS")],
  ["federation", { alternateDomains: ["a.example"] }, each(RAILS, "ALTERNATE_DOMAINS")],
  ["fork", EVERY_OPTION.fork, each(RAILS, "SOURCE_BASE_URL")],
  ["extraEnvironment", { rails: { DEFAULT_LOCALE: "de" } }, each(RAILS, "DEFAULT_LOCALE")],
  [
    "extraEnvironment",
    { streaming: { LOG_LEVEL: "warn" } },
    each(["streaming/streaming"], "LOG_LEVEL"),
  ],
];
