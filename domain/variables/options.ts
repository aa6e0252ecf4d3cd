import { absent, config, derived, extra, removed, secret, type Fate } from "./fate.ts";

/**
 * Variables of optional parts: mail, search, signing in elsewhere, translation, numbers, traces,
 * who may see what. Pure.
 */

const ENCRYPTED = derived("said by `encryption`, and the certificate is always checked");
const ROOTS = absent(
  "the image's own roots are the right ones: the certificate must be a public one",
);
const OF_ADDRESSES = absent("each of the addresses below `signIn.oidc.endpoints` says it");
const OF_CAS_URL = absent("`signIn.cas.url` says it");
const RETURNS = derived("`https://`, the web domain, and the path that Mastodon has for it");
const METRICS = derived("set by `metrics`");

/**
 * The part of SMTP that mail and bulk mail have in common, by what the names begin with and the
 * keys are below.
 */
function smtp(prefix: "" | "BULK_", key: string): Readonly<Record<string, Fate>> {
  const { login, password } =
    prefix === ""
      ? { login: secret("smtpLogin"), password: secret("smtpPassword") }
      : { login: secret("bulkSmtpLogin"), password: secret("bulkSmtpPassword") };
  return {
    [`${prefix}SMTP_SERVER`]: config(`${key}.server`),
    [`${prefix}SMTP_PORT`]: config(`${key}.port`),
    [`${prefix}SMTP_LOGIN`]: login,
    [`${prefix}SMTP_PASSWORD`]: password,
    [`${prefix}SMTP_AUTH_METHOD`]: config(`${key}.authentication`),
    [`${prefix}SMTP_DOMAIN`]: config(`${key}.heloDomain`),
    [`${prefix}SMTP_TLS`]: config(`${key}.encryption`),
    [`${prefix}SMTP_SSL`]: config(`${key}.encryption`),
    [`${prefix}SMTP_ENABLE_STARTTLS`]: ENCRYPTED,
    [`${prefix}SMTP_ENABLE_STARTTLS_AUTO`]: absent(
      "with it mail goes in the clear where a server offers no TLS, password and all: `encryption` says it",
    ),
    [`${prefix}SMTP_OPENSSL_VERIFY_MODE`]: ENCRYPTED,
    [`${prefix}SMTP_CA_FILE`]: ROOTS,
  };
}

/** Each variable by its whole name. */
export const OPTION_NAMES: Readonly<Record<string, Fate>> = {
  ...smtp("", "mail"),
  ...smtp("BULK_", "mail.bulk"),
  SMTP_FROM_ADDRESS: config("mail.from"),
  SMTP_REPLY_TO: config("mail.replyTo"),
  SMTP_RETURN_PATH: config("mail.returnPath"),
  SMTP_DELIVERY_METHOD: absent("mail goes out by SMTP; a pod has no sendmail"),
  BULK_SMTP_FROM_ADDRESS: removed("bulk mail has the sender of all mail, `mail.from`"),

  ES_ENABLED: derived("on where `search` is set"),
  ES_HOST: config("search.host"),
  ES_PORT: config("search.port"),
  ES_USER: config("search.user"),
  ES_PASS: secret("searchPassword"),
  ES_PREFIX: config("search.prefix"),
  ES_PRESET: config("search.preset"),
  ES_QUERY_TIMEOUT: extra(),
  ES_CA_FILE: absent("the search server's certificate must be a public one"),

  OMNIAUTH_ONLY: config("signIn.only"),
  ONE_CLICK_SSO_LOGIN: config("signIn.oneClick"),
  SSO_ACCOUNT_SETTINGS: extra(),
  SSO_ACCOUNT_SIGN_UP: extra(),
  ALLOW_UNSAFE_AUTH_PROVIDER_REATTACH: absent(
    "with it whoever names a member's address at any of the services gets that member's account",
  ),
  OIDC_ENABLED: derived("on where `signIn.oidc` is set"),
  OIDC_DISPLAY_NAME: config("signIn.oidc.displayName"),
  OIDC_ISSUER: config("signIn.oidc.issuer"),
  OIDC_CLIENT_ID: config("signIn.oidc.clientId"),
  OIDC_CLIENT_SECRET: secret("oidcClientSecret"),
  OIDC_SCOPE: config("signIn.oidc.scopes"),
  OIDC_UID_FIELD: config("signIn.oidc.uidField"),
  OIDC_CLIENT_AUTH_METHOD: config("signIn.oidc.clientAuthMethod"),
  OIDC_USE_PKCE: config("signIn.oidc.pkce"),
  OIDC_PROMPT: config("signIn.oidc.prompt"),
  OIDC_DISCOVERY: derived("on unless `signIn.oidc.endpoints` is set"),
  OIDC_AUTH_ENDPOINT: config("signIn.oidc.endpoints.authorization"),
  OIDC_TOKEN_ENDPOINT: config("signIn.oidc.endpoints.token"),
  OIDC_USER_INFO_ENDPOINT: config("signIn.oidc.endpoints.userInfo"),
  OIDC_JWKS_URI: config("signIn.oidc.endpoints.keys"),
  OIDC_END_SESSION_ENDPOINT: config("signIn.oidc.endpoints.endSession"),
  OIDC_SECURITY_ASSUME_EMAIL_IS_VERIFIED: config("signIn.oidc.assumeVerified"),
  OIDC_REDIRECT_URI: RETURNS,
  OIDC_RESPONSE_TYPE: extra(),
  OIDC_RESPONSE_MODE: extra(),
  OIDC_DISPLAY: extra(),
  OIDC_SEND_NONCE: extra(),
  OIDC_SEND_SCOPE_TO_TOKEN_ENDPOINT: extra(),
  OIDC_IDP_LOGOUT_REDIRECT_URI: extra(),
  OIDC_HTTP_SCHEME: OF_ADDRESSES,
  OIDC_HOST: OF_ADDRESSES,
  OIDC_PORT: OF_ADDRESSES,

  SAML_ENABLED: derived("on where `signIn.saml` is set"),
  SAML_DISPLAY_NAME: config("signIn.saml.displayName"),
  SAML_ACS_URL: RETURNS,
  SAML_ISSUER: config("signIn.saml.entityId"),
  SAML_IDP_SSO_TARGET_URL: config("signIn.saml.signInUrl"),
  SAML_IDP_CERT: config("signIn.saml.certificate"),
  SAML_IDP_CERT_FINGERPRINT: absent(
    "a fingerprint is a weaker proof than the certificate: set `signIn.saml.certificate`",
  ),
  SAML_IDP_CERT_FINGERPRINT_VALIDATOR: absent(
    "Mastodon would hand the text itself to the library, which wants a function",
  ),
  SAML_IDP_SSO_TARGET_PARAMS: absent(
    "Mastodon would hand the text itself to the library, which wants a table",
  ),
  SAML_NAME_IDENTIFIER_FORMAT: config("signIn.saml.nameIdentifierFormat"),
  SAML_CERT: config("signIn.saml.ownCertificate"),
  SAML_PRIVATE_KEY: secret("samlPrivateKey"),
  SAML_UID_ATTRIBUTE: config("signIn.saml.uidAttribute"),
  SAML_ATTRIBUTES_STATEMENTS_UID: config("signIn.saml.attributes.uid"),
  SAML_ATTRIBUTES_STATEMENTS_EMAIL: config("signIn.saml.attributes.email"),
  SAML_ATTRIBUTES_STATEMENTS_FULL_NAME: config("signIn.saml.attributes.fullName"),
  SAML_ATTRIBUTES_STATEMENTS_FIRST_NAME: config("signIn.saml.attributes.firstName"),
  SAML_ATTRIBUTES_STATEMENTS_LAST_NAME: config("signIn.saml.attributes.lastName"),
  SAML_ATTRIBUTES_STATEMENTS_VERIFIED: config("signIn.saml.attributes.verified"),
  SAML_ATTRIBUTES_STATEMENTS_VERIFIED_EMAIL: config("signIn.saml.attributes.verifiedEmail"),
  SAML_SECURITY_WANT_ASSERTION_SIGNED: config("signIn.saml.wantSignedAssertions"),
  SAML_SECURITY_WANT_ASSERTION_ENCRYPTED: config("signIn.saml.wantEncryptedAssertions"),
  SAML_SECURITY_ASSUME_EMAIL_IS_VERIFIED: config("signIn.saml.assumeVerified"),
  SAML_ALLOWED_CLOCK_DRIFT: extra(),

  CAS_ENABLED: derived("on where `signIn.cas` is set"),
  CAS_DISPLAY_NAME: config("signIn.cas.displayName"),
  CAS_URL: config("signIn.cas.url"),
  CAS_HOST: OF_CAS_URL,
  CAS_PORT: OF_CAS_URL,
  CAS_SSL: OF_CAS_URL,
  CAS_LOGIN_URL: config("signIn.cas.loginUrl"),
  CAS_LOGOUT_URL: config("signIn.cas.logoutUrl"),
  CAS_VALIDATE_URL: config("signIn.cas.validateUrl"),
  CAS_CALLBACK_URL: absent("`https://`, the web domain and its own path, by itself"),
  CAS_UID_FIELD: config("signIn.cas.uidField"),
  CAS_CA_PATH: ROOTS,
  CAS_DISABLE_SSL_VERIFICATION: absent("without the check anybody on the way signs in as anybody"),
  CAS_UID_KEY: config("signIn.cas.keys.uid"),
  CAS_NAME_KEY: config("signIn.cas.keys.name"),
  CAS_EMAIL_KEY: config("signIn.cas.keys.email"),
  CAS_NICKNAME_KEY: config("signIn.cas.keys.nickname"),
  CAS_FIRST_NAME_KEY: config("signIn.cas.keys.firstName"),
  CAS_LAST_NAME_KEY: config("signIn.cas.keys.lastName"),
  CAS_LOCATION_KEY: config("signIn.cas.keys.location"),
  CAS_IMAGE_KEY: config("signIn.cas.keys.image"),
  CAS_PHONE_KEY: config("signIn.cas.keys.phone"),
  CAS_SECURITY_ASSUME_EMAIL_IS_VERIFIED: config("signIn.cas.assumeVerified"),

  LDAP_ENABLED: derived("on where `signIn.ldap` is set"),
  LDAP_HOST: config("signIn.ldap.host"),
  LDAP_PORT: config("signIn.ldap.port"),
  LDAP_METHOD: config("signIn.ldap.encryption"),
  LDAP_TLS_NO_VERIFY: absent("without the check anybody on the way reads members' passwords"),
  LDAP_BASE: config("signIn.ldap.base"),
  LDAP_BIND_DN: config("signIn.ldap.bindDn"),
  LDAP_PASSWORD: secret("ldapPassword"),
  LDAP_UID: config("signIn.ldap.uid"),
  LDAP_MAIL: config("signIn.ldap.mail"),
  LDAP_SEARCH_FILTER: config("signIn.ldap.searchFilter"),
  LDAP_UID_CONVERSION_ENABLED: derived("on where `signIn.ldap.uidConversion` is set"),
  LDAP_UID_CONVERSION_SEARCH: config("signIn.ldap.uidConversion.search"),
  LDAP_UID_CONVERSION_REPLACE: config("signIn.ldap.uidConversion.replace"),

  HCAPTCHA_SITE_KEY: config("captcha.siteKey"),
  HCAPTCHA_SECRET_KEY: secret("hcaptchaSecretKey"),
  DEEPL_PLAN: config("translation.deepl.plan"),
  DEEPL_API_KEY: secret("deeplApiKey"),
  LIBRE_TRANSLATE_ENDPOINT: config("translation.libreTranslate.endpoint"),
  LIBRE_TRANSLATE_API_KEY: secret("libreTranslateApiKey"),

  MASTODON_PROMETHEUS_EXPORTER_ENABLED: METRICS,
  MASTODON_PROMETHEUS_EXPORTER_LOCAL: METRICS,
  MASTODON_PROMETHEUS_EXPORTER_HOST: METRICS,
  MASTODON_PROMETHEUS_EXPORTER_PORT: METRICS,
  PROMETHEUS_EXPORTER_HOST: METRICS,
  PROMETHEUS_EXPORTER_PORT: METRICS,
  MASTODON_PROMETHEUS_EXPORTER_WEB_DETAILED_METRICS: config("metrics.webDetails"),
  MASTODON_PROMETHEUS_EXPORTER_SIDEKIQ_DETAILED_METRICS: config("metrics.sidekiqDetails"),
  OTEL_EXPORTER_OTLP_ENDPOINT: config("tracing.endpoint"),
  OTEL_EXPORTER_OTLP_HEADERS: secret("otlpHeaders"),
  OTEL_SERVICE_NAME_PREFIX: config("tracing.servicePrefix"),
  OTEL_SERVICE_NAME_SEPARATOR: extra(),
  OTEL_SERVICE_NAME: absent("Mastodon names its services by `tracing.servicePrefix`"),
  OTEL_TRACES_SAMPLER: derived("by `tracing.samplePercent`"),
  OTEL_TRACES_SAMPLER_ARG: derived("by `tracing.samplePercent`"),

  AUTHORIZED_FETCH: config("federation.authorizedFetch"),
  LIMITED_FEDERATION_MODE: config("federation.limited"),
  // Its name before 3.1, which Mastodon still reads.
  WHITELIST_MODE: config("federation.limited"),
  SINGLE_USER_MODE: config("federation.singleUser"),
  DISALLOW_UNAUTHENTICATED_API_ACCESS: config("federation.apiForMembersOnly"),
  ALTERNATE_DOMAINS: config("federation.alternateDomains"),
  SOURCE_BASE_URL: config("fork.source"),
};

/** Families, by how their names begin: of what must not be set, or is open-ended. */
export const OPTION_FAMILIES: readonly (readonly [prefix: string, fate: Fate])[] = [
  ["PAM_", absent("PAM needs files of the machine, and a pod has none")],
  ["OTEL_RUBY_INSTRUMENTATION_", extra()],
  ["OTEL_", absent("traces alone are sent, to `tracing.endpoint`")],
];
