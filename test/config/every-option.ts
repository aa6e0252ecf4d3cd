import { FIXTURE_RELEASE } from "../fixture-release.ts";

/** A configuration with every optional part, and the name of each, for tests of their effects. */

const CERTIFICATE =
  "-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUc2lnbi1pbg==\n-----END CERTIFICATE-----";

/** Each block in the form of a stack file. */
export const EVERY_OPTION = {
  media: { purge: true, standby: { storage: "spaces", copy: "nightly" } },
  backup: {
    recipient: `age1${"q".repeat(58)}`,
    second: {
      endpoint: "https://s3.eu-central-003.backblazeb2.com",
      bucket: "example-social-dumps",
      region: "eu-central-003",
    },
  },
  federation: {
    authorizedFetch: true,
    limited: true,
    singleUser: true,
    apiForMembersOnly: true,
    alternateDomains: ["old.example.org", "older.example.org"],
  },
  mail: {
    server: "smtp.mail.example.net",
    from: "Example Social <hello@example.social>",
    replyTo: "help@example.social",
    returnPath: "bounces@example.social",
    heloDomain: "example.social",
    bulk: {
      server: "bulk.mail.example.net",
      port: 465,
      encryption: "tls",
      heloDomain: "example.social",
    },
  },
  search: {
    host: "search.example.net",
    user: "mastodon",
    prefix: "social",
    preset: "small_cluster",
  },
  signIn: {
    oidc: {
      displayName: "Our account",
      issuer: "https://id.example.net/realms/ours",
      clientId: "mastodon",
      clientAuthMethod: "basic",
      pkce: true,
      prompt: "login",
      assumeVerified: true,
      endpoints: {
        authorization: "https://id.example.net/authorize",
        token: "https://id.example.net/token",
        userInfo: "https://id.example.net/userinfo",
        keys: "https://id.example.net/keys",
        endSession: "https://id.example.net/logout",
      },
    },
    saml: {
      displayName: "Our other account",
      signInUrl: "https://id.example.net/sso",
      certificate: CERTIFICATE,
      entityId: "https://example.social/saml",
      nameIdentifierFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent",
      uidAttribute: "uid",
      attributes: {
        uid: "uid",
        email: "mail",
        fullName: "cn",
        firstName: "givenName",
        lastName: "sn",
        verified: "verified",
        verifiedEmail: "verifiedMail",
      },
      wantEncryptedAssertions: true,
      ownCertificate: CERTIFICATE,
      assumeVerified: true,
    },
    cas: {
      displayName: "Our third account",
      url: "https://sso.example.net",
      loginUrl: "/cas/login",
      logoutUrl: "/cas/logout",
      validateUrl: "/cas/p3/serviceValidate",
      uidField: "user",
      keys: {
        uid: "user",
        name: "name",
        email: "email",
        nickname: "nickname",
        firstName: "firstname",
        lastName: "lastname",
        location: "location",
        image: "image",
        phone: "phone",
      },
      assumeVerified: true,
    },
    ldap: {
      host: "ldap.example.net",
      base: "ou=people,dc=example,dc=net",
      bindDn: "cn=mastodon,dc=example,dc=net",
      searchFilter: "(|(%{uid}=%{email})(%{mail}=%{email}))",
      uidConversion: {},
    },
  },
  captcha: { siteKey: "01234567-89ab-cdef-0123-456789abcdef" },
  translation: { deepl: { plan: "pro" } },
  metrics: { namespace: "monitoring", webDetails: true, sidekiqDetails: true },
  tracing: { endpoint: "https://otlp.example.net:4318", headers: true },
  fork: {
    release: FIXTURE_RELEASE,
    mastodon: `ghcr.io/glitch-soc/mastodon:${FIXTURE_RELEASE}@sha256:${"a".repeat(64)}`,
    streaming: `ghcr.io/glitch-soc/mastodon-streaming:${FIXTURE_RELEASE}@sha256:${"b".repeat(64)}`,
    source: "https://github.com/glitch-soc/mastodon",
  },
  extraEnvironment: {
    rails: { DEFAULT_LOCALE: "de", MAX_TOOT_CHARS: "5000" },
    streaming: { LOG_LEVEL: "warn" },
  },
} as const;

/** The other translation service: only one can be configured. */
export const OTHER_TRANSLATION = {
  libreTranslate: { endpoint: "http://translate.libre.svc.cluster.local:5000", apiKey: true },
} as const;

/** A stack file's configuration with some of the blocks. */
export function withOptions(
  raw: Readonly<Record<string, unknown>>,
  options: Readonly<Record<string, unknown>> = EVERY_OPTION,
): Record<string, unknown> {
  return { ...raw, ...options };
}

/** A dump that is restored; no option, because a server has it for one update. */
export const RESTORED_DUMP = {
  object: "dumps/prod/20261128T010000Z.dump.age",
  sha256: "0123456789abcdef".repeat(4),
  bytes: 319_186_074,
};

/** The same configuration with that dump to restore. */
export function withRestore(base: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const origin = { number: 2, dump: RESTORED_DUMP };
  return {
    ...base,
    backup: EVERY_OPTION.backup,
    postgres: { ...(base["postgres"] as object), origin },
    stopped: ["sidekiq"],
  };
}
