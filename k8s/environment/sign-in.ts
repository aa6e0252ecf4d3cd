import type { StackConfig } from "../../config/schema.ts";
import type { StackSecrets } from "../../config/secret-keys/values.ts";
import { given, together, yes, type Variables } from "./variables.ts";

type SignIn = NonNullable<StackConfig["signIn"]>;
type Service<Name extends keyof SignIn> = NonNullable<SignIn[Name]>;

/**
 * Signing in through another service (mastodon/mastodon `config/initializers/3_omniauth.rb`,
 * `devise.rb`). Only web signs anybody in.
 */
export function signIn(
  { signIn: config, webDomain }: Pick<StackConfig, "signIn" | "webDomain">,
  secrets: StackSecrets,
): Variables {
  if (config === undefined) return { plain: {}, secret: {} };
  const { only, oneClick } = config;
  return together([
    {
      plain: yes({ OMNIAUTH_ONLY: only, ONE_CLICK_SSO_LOGIN: oneClick }),
      secret: {},
    },
    ...(config.oidc === undefined ? [] : [oidc(config.oidc, webDomain, secrets)]),
    ...(config.saml === undefined ? [] : [saml(config.saml, webDomain, secrets)]),
    ...(config.cas === undefined ? [] : [cas(config.cas)]),
    ...(config.ldap === undefined ? [] : [ldap(config.ldap, secrets)]),
  ]);
}

function oidc(config: Service<"oidc">, webDomain: string, secrets: StackSecrets): Variables {
  const { endpoints } = config;
  return {
    plain: {
      OIDC_ENABLED: "true",
      OIDC_ISSUER: config.issuer,
      OIDC_CLIENT_ID: config.clientId,
      OIDC_SCOPE: config.scopes.join(","),
      OIDC_UID_FIELD: config.uidField,
      OIDC_REDIRECT_URI: `https://${webDomain}/auth/auth/openid_connect/callback`,
      OIDC_DISCOVERY: String(endpoints === undefined),
      ...yes({
        OIDC_USE_PKCE: config.pkce,
        OIDC_SECURITY_ASSUME_EMAIL_IS_VERIFIED: config.assumeVerified,
      }),
      ...given({
        OIDC_DISPLAY_NAME: config.displayName,
        OIDC_CLIENT_AUTH_METHOD: config.clientAuthMethod,
        OIDC_PROMPT: config.prompt,
        OIDC_AUTH_ENDPOINT: endpoints?.authorization,
        OIDC_TOKEN_ENDPOINT: endpoints?.token,
        OIDC_USER_INFO_ENDPOINT: endpoints?.userInfo,
        OIDC_JWKS_URI: endpoints?.keys,
        OIDC_END_SESSION_ENDPOINT: endpoints?.endSession,
      }),
    },
    secret: given({ OIDC_CLIENT_SECRET: secrets.oidcClientSecret }),
  };
}

function saml(config: Service<"saml">, webDomain: string, secrets: StackSecrets): Variables {
  const { attributes, ownCertificate } = config;
  return {
    plain: {
      SAML_ENABLED: "true",
      SAML_ACS_URL: `https://${webDomain}/auth/auth/saml/callback`,
      SAML_ISSUER: config.entityId ?? `https://${webDomain}`,
      SAML_IDP_SSO_TARGET_URL: config.signInUrl,
      SAML_IDP_CERT: config.certificate,
      SAML_SECURITY_WANT_ASSERTION_SIGNED: String(config.wantSignedAssertions),
      ...yes({
        SAML_SECURITY_WANT_ASSERTION_ENCRYPTED: config.wantEncryptedAssertions,
        SAML_SECURITY_ASSUME_EMAIL_IS_VERIFIED: config.assumeVerified,
      }),
      ...given({
        SAML_DISPLAY_NAME: config.displayName,
        SAML_NAME_IDENTIFIER_FORMAT: config.nameIdentifierFormat,
        SAML_CERT: ownCertificate,
        SAML_UID_ATTRIBUTE: config.uidAttribute,
        SAML_ATTRIBUTES_STATEMENTS_UID: attributes.uid,
        SAML_ATTRIBUTES_STATEMENTS_EMAIL: attributes.email,
        SAML_ATTRIBUTES_STATEMENTS_FULL_NAME: attributes.fullName,
        SAML_ATTRIBUTES_STATEMENTS_FIRST_NAME: attributes.firstName,
        SAML_ATTRIBUTES_STATEMENTS_LAST_NAME: attributes.lastName,
        SAML_ATTRIBUTES_STATEMENTS_VERIFIED: attributes.verified,
        SAML_ATTRIBUTES_STATEMENTS_VERIFIED_EMAIL: attributes.verifiedEmail,
      }),
    },
    // Not in the ConfigMap beside its certificate, where both official charts have had it.
    secret: ownCertificate === undefined ? {} : given({ SAML_PRIVATE_KEY: secrets.samlPrivateKey }),
  };
}

function cas({ keys, ...config }: Service<"cas">): Variables {
  return {
    plain: {
      CAS_ENABLED: "true",
      CAS_URL: config.url,
      ...yes({ CAS_SECURITY_ASSUME_EMAIL_IS_VERIFIED: config.assumeVerified }),
      ...given({
        CAS_DISPLAY_NAME: config.displayName,
        CAS_LOGIN_URL: config.loginUrl,
        CAS_LOGOUT_URL: config.logoutUrl,
        CAS_VALIDATE_URL: config.validateUrl,
        CAS_UID_FIELD: config.uidField,
        CAS_UID_KEY: keys.uid,
        CAS_NAME_KEY: keys.name,
        CAS_EMAIL_KEY: keys.email,
        CAS_NICKNAME_KEY: keys.nickname,
        CAS_FIRST_NAME_KEY: keys.firstName,
        CAS_LAST_NAME_KEY: keys.lastName,
        CAS_LOCATION_KEY: keys.location,
        CAS_IMAGE_KEY: keys.image,
        CAS_PHONE_KEY: keys.phone,
      }),
    },
    secret: {},
  };
}

function ldap({ uidConversion, ...config }: Service<"ldap">, secrets: StackSecrets): Variables {
  return {
    plain: {
      LDAP_ENABLED: "true",
      LDAP_HOST: config.host,
      LDAP_PORT: String(config.port),
      LDAP_METHOD: config.encryption,
      LDAP_BASE: config.base,
      LDAP_BIND_DN: config.bindDn,
      LDAP_UID: config.uid,
      LDAP_MAIL: config.mail,
      ...given({ LDAP_SEARCH_FILTER: config.searchFilter }),
      ...(uidConversion === undefined
        ? {}
        : {
            LDAP_UID_CONVERSION_ENABLED: "true",
            LDAP_UID_CONVERSION_SEARCH: uidConversion.search,
            LDAP_UID_CONVERSION_REPLACE: uidConversion.replace,
          }),
    },
    secret: given({ LDAP_PASSWORD: secrets.ldapPassword }),
  };
}
