import { z } from "zod";
import { address, flag, hostName, line, network, port } from "./values.ts";

const assumeVerified = flag(
  "Believes the addresses that it names, and lets their owners in without a mail. Only where it checks them itself: whoever names another's address there gets that person's account.",
);

const displayName = (example: string) => line("What the button says.", example, 60).optional();

const attribute = (of: string) =>
  line(`Its attribute with ${of}.`, "urn:oid:0.9.2342.19200300.100.1.1");

const pem = (description: string) =>
  z
    .string()
    .regex(/^\s*-----BEGIN CERTIFICATE-----\s[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----\s*$/u)
    .meta({
      description,
      allowed: "a certificate in PEM, with its first and last line",
      examples: ["-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----"],
    });

const oidc = z
  .strictObject({
    displayName: displayName("Our account"),
    issuer: address(
      "`OIDC_ISSUER`: who answers for the accounts.",
      "https://id.example.net/realms/ours",
    ),
    clientId: line("`OIDC_CLIENT_ID`: how it knows this server.", "mastodon", 200),
    scopes: z
      .array(
        z
          .string()
          .regex(/^[\w.:/-]+$/u)
          .meta({ allowed: "a scope", examples: ["openid"] }),
      )
      .min(1)
      .default(["openid", "profile", "email"])
      .meta({ description: "`OIDC_SCOPE`: what it is asked for. `openid` among them." }),
    uidField: line(
      "`OIDC_UID_FIELD`: the claim that becomes the account's name. **Who can change it there can take another's name here.**",
      "preferred_username",
      100,
    ).default("preferred_username"),
    clientAuthMethod: line("`OIDC_CLIENT_AUTH_METHOD`. Left out, `basic`.", "basic", 60).optional(),
    pkce: flag("`OIDC_USE_PKCE`: proves with each sign-in that who began it also ends it."),
    prompt: line("`OIDC_PROMPT`, such as `login`.", "login", 60).optional(),
    endpoints: z
      .strictObject({
        authorization: address("`OIDC_AUTH_ENDPOINT`.", "https://id.example.net/authorize"),
        token: address("`OIDC_TOKEN_ENDPOINT`.", "https://id.example.net/token"),
        userInfo: address("`OIDC_USER_INFO_ENDPOINT`.", "https://id.example.net/userinfo"),
        keys: address("`OIDC_JWKS_URI`.", "https://id.example.net/keys"),
        endSession: address(
          "`OIDC_END_SESSION_ENDPOINT`.",
          "https://id.example.net/logout",
        ).optional(),
      })
      .optional()
      .meta({ description: "Where each is. Left out, it says so itself (discovery)." }),
    assumeVerified,
  })
  .optional()
  .meta({
    description:
      "OpenID Connect (`OIDC_*`). The address to return to, for its configuration: `https://<webDomain>/auth/auth/openid_connect/callback`.",
  });

const saml = z
  .strictObject({
    displayName: displayName("Our account"),
    signInUrl: address(
      "`SAML_IDP_SSO_TARGET_URL`: where it signs people in.",
      "https://id.example.net/sso",
    ),
    certificate: pem("`SAML_IDP_CERT`: what it signs with, in the clear."),
    entityId: line(
      "`SAML_ISSUER`: what it knows this server by. Left out, `https://<webDomain>`.",
      "https://example.social",
      300,
    ).optional(),
    nameIdentifierFormat: line(
      "`SAML_NAME_IDENTIFIER_FORMAT`.",
      "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
    ).optional(),
    uidAttribute: attribute("the account's name (`SAML_UID_ATTRIBUTE`)").optional(),
    attributes: z
      .strictObject({
        uid: attribute("the account's name").optional(),
        email: attribute("the address").optional(),
        fullName: attribute("the whole name").optional(),
        firstName: attribute("the first name").optional(),
        lastName: attribute("the last name").optional(),
        verified: attribute("whether the address is verified").optional(),
        verifiedEmail: attribute("the verified address").optional(),
      })
      .prefault({})
      .meta({ description: "`SAML_ATTRIBUTES_STATEMENTS_*`: which of its attributes says what." }),
    wantSignedAssertions: z.boolean().default(true).meta({
      description:
        "`SAML_SECURITY_WANT_ASSERTION_SIGNED`. Off, what is in an unsigned assertion is believed.",
    }),
    wantEncryptedAssertions: flag(
      "`SAML_SECURITY_WANT_ASSERTION_ENCRYPTED`; needs `ownCertificate`.",
    ),
    ownCertificate: pem(
      "`SAML_CERT`: this server's own, in the clear. Its key is the secret `samlPrivateKey`.",
    ).optional(),
    assumeVerified,
  })
  .optional()
  .meta({
    description:
      "SAML (`SAML_*`). The address to return to, for its configuration: `https://<webDomain>/auth/auth/saml/callback`.",
  });

const cas = z
  .strictObject({
    displayName: displayName("Our account"),
    url: address("`CAS_URL`: the CAS server.", "https://sso.example.net"),
    loginUrl: line("`CAS_LOGIN_URL`. Left out, `/login` of it.", "/cas/login").optional(),
    logoutUrl: line("`CAS_LOGOUT_URL`. Left out, `/logout` of it.", "/cas/logout").optional(),
    validateUrl: line(
      "`CAS_VALIDATE_URL`. Left out, `/serviceValidate` of it.",
      "/cas/p3/serviceValidate",
    ).optional(),
    uidField: line("`CAS_UID_FIELD`.", "user", 100).optional(),
    keys: z
      .strictObject({
        uid: line("`CAS_UID_KEY`: the account's name.", "user").optional(),
        name: line("`CAS_NAME_KEY`.", "name").optional(),
        email: line("`CAS_EMAIL_KEY`.", "email").optional(),
        nickname: line("`CAS_NICKNAME_KEY`.", "nickname").optional(),
        firstName: line("`CAS_FIRST_NAME_KEY`.", "firstname").optional(),
        lastName: line("`CAS_LAST_NAME_KEY`.", "lastname").optional(),
        location: line("`CAS_LOCATION_KEY`.", "location").optional(),
        image: line("`CAS_IMAGE_KEY`.", "image").optional(),
        phone: line("`CAS_PHONE_KEY`.", "phone").optional(),
      })
      .prefault({})
      .meta({ description: "Which of its attributes says what. Left out, Mastodon's own." }),
    assumeVerified,
  })
  .optional()
  .meta({ description: "CAS (`CAS_*`). Its certificate is always checked." });

const ldap = z
  .strictObject({
    host: hostName("`LDAP_HOST`."),
    port: port(636, "`LDAP_PORT`."),
    encryption: z.enum(["simple_tls", "start_tls"]).default("simple_tls").meta({
      description:
        "`LDAP_METHOD`: `simple_tls` from the first byte (636), `start_tls` begins in the clear (389). Every member's password goes over it. The certificate is always checked.",
    }),
    base: line("`LDAP_BASE`: where people are looked for.", "ou=people,dc=example,dc=net"),
    bindDn: line(
      "`LDAP_BIND_DN`: whom the search is made as; the password is the secret `ldapPassword`.",
      "cn=mastodon,dc=example,dc=net",
    ),
    uid: line("`LDAP_UID`: the attribute that becomes the account's name.", "uid", 100).default(
      "uid",
    ),
    mail: line("`LDAP_MAIL`: the attribute with the address.", "mail", 100).default("mail"),
    searchFilter: line(
      "`LDAP_SEARCH_FILTER`. Left out, Mastodon's own.",
      "(|(%{uid}=%{email})(%{mail}=%{email}))",
    ).optional(),
    uidConversion: z
      .strictObject({
        search: line("Characters that an account's name can't have.", ".-", 20).default(".-"),
        replace: line("What stands in their place.", "_", 1).default("_"),
      })
      .optional()
      .meta({
        description:
          "`LDAP_UID_CONVERSION_*`: makes names fit. Left out, they are taken as they are.",
      }),
    network: network("it"),
  })
  .optional()
  .meta({ description: "LDAP (`LDAP_*`): who has a password there signs in with it here." });

/** The key `signIn`. */
export const signInSchema = z
  .strictObject({
    only: flag(
      "`OMNIAUTH_ONLY`: no passwords here any more. Owner and moderators need an account there first.",
    ),
    oneClick: flag(
      "`ONE_CLICK_SSO_LOGIN`: one button signs in and up. With one service only, which must answer before Mastodon starts.",
    ),
    oidc,
    saml,
    cas,
    ldap,
  })
  .optional()
  .meta({
    description: "Signing in through another service. Left out, by address and password only.",
  });
