import { writtenMailbox } from "../../config/mailbox.ts";
import type { StackConfig } from "../../config/schema.ts";
import { valueAt } from "../fault.ts";
import { absent, config, derived, extra, readBy, removed, type Fate } from "./fate.ts";

/**
 * Variables of optional parts: mail, search, external sign-in, translation, metrics, traces,
 * visibility.
 */

const ENCRYPTED = "said by `encryption`, and the certificate is always checked";
const rails = readBy("rails");
const web = readBy("web");
const traced = readBy("web", "sidekiq");
const ROOTS = absent(
  "the image's own roots are the right ones: the certificate must be a public one",
);
const OF_ADDRESSES = absent("each of the addresses below `signIn.oidc.endpoints` says it");
const OF_CAS_URL = absent("`signIn.cas.url` says it");
const RETURNS = "`https://`, the web domain, and the path that Mastodon has for it";
const METRICS = derived("set by `metrics`");
const SAMPLED = "by `tracing.samplePercent`";

/** The SMTP variables that mail and bulk mail share, by the prefixes of names and keys. */
function smtp(prefix: "" | "BULK_", key: string): Readonly<Record<string, Fate>> {
  const encryption = (config: StackConfig): unknown => valueAt(config, `${key}.encryption`);
  return {
    [`${prefix}SMTP_SERVER`]: rails.key(`${key}.server`),
    [`${prefix}SMTP_PORT`]: rails.key(`${key}.port`),
    [`${prefix}SMTP_AUTH_METHOD`]: rails.key(`${key}.authentication`),
    [`${prefix}SMTP_DOMAIN`]: rails.key(`${key}.heloDomain`),
    [`${prefix}SMTP_TLS`]: rails.key(`${key}.encryption`, (config) =>
      encryption(config) === "tls" ? "true" : undefined,
    ),
    [`${prefix}SMTP_SSL`]: config(`${key}.encryption`),
    // By default it sends mail and password unencrypted to a server without TLS.
    [`${prefix}SMTP_ENABLE_STARTTLS`]: rails.derived(ENCRYPTED, (config) =>
      encryption(config) === "starttls" ? "always" : undefined,
    ),
    [`${prefix}SMTP_ENABLE_STARTTLS_AUTO`]: absent(
      "with it mail goes in the clear where a server offers no TLS, password and all: `encryption` says it",
    ),
    [`${prefix}SMTP_OPENSSL_VERIFY_MODE`]: rails.derived(ENCRYPTED, (config) =>
      encryption(config) === undefined ? undefined : "peer",
    ),
    [`${prefix}SMTP_CA_FILE`]: ROOTS,
  };
}

/** Each variable by its complete name. */
export const OPTION_NAMES: Readonly<Record<string, Fate>> = {
  // All Rails processes write mail (mastodon/mastodon `config/email.yml`); only Sidekiq sends it.
  ...smtp("", "mail"),
  ...smtp("BULK_", "mail.bulk"),
  SMTP_FROM_ADDRESS: rails.key("mail.from", ({ mail }) => mail && writtenMailbox(mail.from)),
  SMTP_REPLY_TO: rails.key(
    "mail.replyTo",
    ({ mail }) => mail?.replyTo && writtenMailbox(mail.replyTo),
  ),
  SMTP_RETURN_PATH: rails.key("mail.returnPath"),
  SMTP_DELIVERY_METHOD: absent("mail goes out by SMTP; a pod has no sendmail"),
  BULK_SMTP_FROM_ADDRESS: removed("bulk mail has the sender of all mail, `mail.from`"),

  // All Rails processes write to it or query it (mastodon/mastodon `config/initializers/chewy.rb`).
  ES_ENABLED: rails.where("search"),
  // The host contains the scheme; without it Mastodon connects unencrypted.
  ES_HOST: rails.key(
    "search.host",
    ({ search }) => search && `${search.plaintext ? "http" : "https"}://${search.host}`,
  ),
  ES_PORT: rails.key("search.port"),
  ES_USER: rails.key("search.user"),
  ES_PREFIX: rails.key("search.prefix"),
  ES_PRESET: rails.key("search.preset"),
  ES_QUERY_TIMEOUT: extra(),
  ES_CA_FILE: absent("the search server's certificate must be a public one"),

  // Only web signs members in (mastodon/mastodon `config/initializers/3_omniauth.rb`, `devise.rb`).
  OMNIAUTH_ONLY: web.key("signIn.only"),
  ONE_CLICK_SSO_LOGIN: web.key("signIn.oneClick"),
  SSO_ACCOUNT_SETTINGS: extra(),
  SSO_ACCOUNT_SIGN_UP: extra(),
  ALLOW_UNSAFE_AUTH_PROVIDER_REATTACH: absent(
    "with it whoever names a member's address at any of the services gets that member's account",
  ),
  OIDC_ENABLED: web.where("signIn.oidc"),
  OIDC_DISPLAY_NAME: web.key("signIn.oidc.displayName"),
  OIDC_ISSUER: web.key("signIn.oidc.issuer"),
  OIDC_CLIENT_ID: web.key("signIn.oidc.clientId"),
  OIDC_SCOPE: web.key("signIn.oidc.scopes"),
  OIDC_UID_FIELD: web.key("signIn.oidc.uidField"),
  OIDC_CLIENT_AUTH_METHOD: web.key("signIn.oidc.clientAuthMethod"),
  OIDC_USE_PKCE: web.key("signIn.oidc.pkce"),
  OIDC_PROMPT: web.key("signIn.oidc.prompt"),
  OIDC_DISCOVERY: web.derived(
    "on unless `signIn.oidc.endpoints` is set",
    ({ signIn }) => signIn?.oidc && String(signIn.oidc.endpoints === undefined),
  ),
  OIDC_AUTH_ENDPOINT: web.key("signIn.oidc.endpoints.authorization"),
  OIDC_TOKEN_ENDPOINT: web.key("signIn.oidc.endpoints.token"),
  OIDC_USER_INFO_ENDPOINT: web.key("signIn.oidc.endpoints.userInfo"),
  OIDC_JWKS_URI: web.key("signIn.oidc.endpoints.keys"),
  OIDC_END_SESSION_ENDPOINT: web.key("signIn.oidc.endpoints.endSession"),
  OIDC_SECURITY_ASSUME_EMAIL_IS_VERIFIED: web.key("signIn.oidc.assumeVerified"),
  OIDC_REDIRECT_URI: web.derived(
    RETURNS,
    ({ signIn, webDomain }) =>
      signIn?.oidc && `https://${webDomain}/auth/auth/openid_connect/callback`,
  ),
  OIDC_RESPONSE_TYPE: extra(),
  OIDC_RESPONSE_MODE: extra(),
  OIDC_DISPLAY: extra(),
  OIDC_SEND_NONCE: extra(),
  OIDC_SEND_SCOPE_TO_TOKEN_ENDPOINT: extra(),
  OIDC_IDP_LOGOUT_REDIRECT_URI: extra(),
  OIDC_HTTP_SCHEME: OF_ADDRESSES,
  OIDC_HOST: OF_ADDRESSES,
  OIDC_PORT: OF_ADDRESSES,

  SAML_ENABLED: web.where("signIn.saml"),
  SAML_DISPLAY_NAME: web.key("signIn.saml.displayName"),
  SAML_ACS_URL: web.derived(
    RETURNS,
    ({ signIn, webDomain }) => signIn?.saml && `https://${webDomain}/auth/auth/saml/callback`,
  ),
  SAML_ISSUER: web.key(
    "signIn.saml.entityId",
    ({ signIn, webDomain }) => signIn?.saml && (signIn.saml.entityId ?? `https://${webDomain}`),
  ),
  SAML_IDP_SSO_TARGET_URL: web.key("signIn.saml.signInUrl"),
  SAML_IDP_CERT: web.key("signIn.saml.certificate"),
  SAML_IDP_CERT_FINGERPRINT: absent(
    "a fingerprint is a weaker proof than the certificate: set `signIn.saml.certificate`",
  ),
  SAML_IDP_CERT_FINGERPRINT_VALIDATOR: absent(
    "Mastodon would hand the text itself to the library, which wants a function",
  ),
  SAML_IDP_SSO_TARGET_PARAMS: absent(
    "Mastodon would hand the text itself to the library, which wants a table",
  ),
  SAML_NAME_IDENTIFIER_FORMAT: web.key("signIn.saml.nameIdentifierFormat"),
  SAML_CERT: web.key("signIn.saml.ownCertificate"),
  SAML_UID_ATTRIBUTE: web.key("signIn.saml.uidAttribute"),
  SAML_ATTRIBUTES_STATEMENTS_UID: web.key("signIn.saml.attributes.uid"),
  SAML_ATTRIBUTES_STATEMENTS_EMAIL: web.key("signIn.saml.attributes.email"),
  SAML_ATTRIBUTES_STATEMENTS_FULL_NAME: web.key("signIn.saml.attributes.fullName"),
  SAML_ATTRIBUTES_STATEMENTS_FIRST_NAME: web.key("signIn.saml.attributes.firstName"),
  SAML_ATTRIBUTES_STATEMENTS_LAST_NAME: web.key("signIn.saml.attributes.lastName"),
  SAML_ATTRIBUTES_STATEMENTS_VERIFIED: web.key("signIn.saml.attributes.verified"),
  SAML_ATTRIBUTES_STATEMENTS_VERIFIED_EMAIL: web.key("signIn.saml.attributes.verifiedEmail"),
  // Its default in Mastodon is off.
  SAML_SECURITY_WANT_ASSERTION_SIGNED: web.key(
    "signIn.saml.wantSignedAssertions",
    ({ signIn }) => signIn?.saml && String(signIn.saml.wantSignedAssertions),
  ),
  SAML_SECURITY_WANT_ASSERTION_ENCRYPTED: web.key("signIn.saml.wantEncryptedAssertions"),
  SAML_SECURITY_ASSUME_EMAIL_IS_VERIFIED: web.key("signIn.saml.assumeVerified"),
  SAML_ALLOWED_CLOCK_DRIFT: extra(),

  CAS_ENABLED: web.where("signIn.cas"),
  CAS_DISPLAY_NAME: web.key("signIn.cas.displayName"),
  CAS_URL: web.key("signIn.cas.url"),
  CAS_HOST: OF_CAS_URL,
  CAS_PORT: OF_CAS_URL,
  CAS_SSL: OF_CAS_URL,
  CAS_LOGIN_URL: web.key("signIn.cas.loginUrl"),
  CAS_LOGOUT_URL: web.key("signIn.cas.logoutUrl"),
  CAS_VALIDATE_URL: web.key("signIn.cas.validateUrl"),
  CAS_CALLBACK_URL: absent("`https://`, the web domain and its own path, by itself"),
  CAS_UID_FIELD: web.key("signIn.cas.uidField"),
  CAS_CA_PATH: ROOTS,
  CAS_DISABLE_SSL_VERIFICATION: absent("without the check anybody on the way signs in as anybody"),
  CAS_UID_KEY: web.key("signIn.cas.keys.uid"),
  CAS_NAME_KEY: web.key("signIn.cas.keys.name"),
  CAS_EMAIL_KEY: web.key("signIn.cas.keys.email"),
  CAS_NICKNAME_KEY: web.key("signIn.cas.keys.nickname"),
  CAS_FIRST_NAME_KEY: web.key("signIn.cas.keys.firstName"),
  CAS_LAST_NAME_KEY: web.key("signIn.cas.keys.lastName"),
  CAS_LOCATION_KEY: web.key("signIn.cas.keys.location"),
  CAS_IMAGE_KEY: web.key("signIn.cas.keys.image"),
  CAS_PHONE_KEY: web.key("signIn.cas.keys.phone"),
  CAS_SECURITY_ASSUME_EMAIL_IS_VERIFIED: web.key("signIn.cas.assumeVerified"),

  LDAP_ENABLED: web.where("signIn.ldap"),
  LDAP_HOST: web.key("signIn.ldap.host"),
  LDAP_PORT: web.key("signIn.ldap.port"),
  LDAP_METHOD: web.key("signIn.ldap.encryption"),
  LDAP_TLS_NO_VERIFY: absent("without the check anybody on the way reads members' passwords"),
  LDAP_BASE: web.key("signIn.ldap.base"),
  LDAP_BIND_DN: web.key("signIn.ldap.bindDn"),
  LDAP_UID: web.key("signIn.ldap.uid"),
  LDAP_MAIL: web.key("signIn.ldap.mail"),
  LDAP_SEARCH_FILTER: web.key("signIn.ldap.searchFilter"),
  LDAP_UID_CONVERSION_ENABLED: web.where("signIn.ldap.uidConversion"),
  LDAP_UID_CONVERSION_SEARCH: web.key("signIn.ldap.uidConversion.search"),
  LDAP_UID_CONVERSION_REPLACE: web.key("signIn.ldap.uidConversion.replace"),

  // Only web: a new member solves the captcha there (mastodon/documentation
  // `admin/optional/captcha`), and requests a translation there (mastodon/mastodon
  // `app/lib/translation_service.rb`).
  HCAPTCHA_SITE_KEY: web.key("captcha.siteKey"),
  DEEPL_PLAN: web.key("translation.deepl.plan"),
  LIBRE_TRANSLATE_ENDPOINT: web.key("translation.libreTranslate.endpoint"),

  MASTODON_PROMETHEUS_EXPORTER_ENABLED: METRICS,
  MASTODON_PROMETHEUS_EXPORTER_LOCAL: METRICS,
  MASTODON_PROMETHEUS_EXPORTER_HOST: METRICS,
  MASTODON_PROMETHEUS_EXPORTER_PORT: METRICS,
  PROMETHEUS_EXPORTER_HOST: METRICS,
  PROMETHEUS_EXPORTER_PORT: METRICS,
  MASTODON_PROMETHEUS_EXPORTER_WEB_DETAILED_METRICS: config("metrics.webDetails"),
  MASTODON_PROMETHEUS_EXPORTER_SIDEKIQ_DETAILED_METRICS: config("metrics.sidekiqDetails"),
  // Traces of web and Sidekiq (mastodon/mastodon `config/initializers/opentelemetry.rb`). Any
  // variable OTEL_…_ENDPOINT switches them on. Both official charts had a key for it that their
  // templates don't read.
  OTEL_EXPORTER_OTLP_ENDPOINT: traced.key("tracing.endpoint"),
  OTEL_SERVICE_NAME_PREFIX: traced.key("tracing.servicePrefix"),
  OTEL_SERVICE_NAME_SEPARATOR: extra(),
  OTEL_SERVICE_NAME: absent("Mastodon names its services by `tracing.servicePrefix`"),
  // Follow the caller's sampling decision if there is one; otherwise this program's own applies.
  OTEL_TRACES_SAMPLER: traced.derived(
    SAMPLED,
    ({ tracing }) => tracing && "parentbased_traceidratio",
  ),
  OTEL_TRACES_SAMPLER_ARG: traced.derived(
    SAMPLED,
    ({ tracing }) => tracing && String(tracing.samplePercent / 100),
  ),

  AUTHORIZED_FETCH: rails.key("federation.authorizedFetch"),
  LIMITED_FEDERATION_MODE: rails.key("federation.limited"),
  // Its name before 3.1, which Mastodon still reads.
  WHITELIST_MODE: config("federation.limited"),
  SINGLE_USER_MODE: rails.key("federation.singleUser"),
  DISALLOW_UNAUTHENTICATED_API_ACCESS: rails.key("federation.apiForMembersOnly"),
  ALTERNATE_DOMAINS: rails.key("federation.alternateDomains"),
  SOURCE_BASE_URL: rails.key("fork.source"),
};

/** Families, by prefix, that must not be set, or are open-ended. */
export const OPTION_FAMILIES: readonly (readonly [prefix: string, fate: Fate])[] = [
  ["PAM_", absent("PAM needs files of the machine, and a pod has none")],
  ["OTEL_RUBY_INSTRUMENTATION_", extra()],
  ["OTEL_", absent("traces alone are sent, to `tracing.endpoint`")],
];
