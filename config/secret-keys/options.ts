import type { SecretRow } from "./row.ts";

/**
 * Secrets of external services. Each comes from the service, is needed only with its block of the
 * configuration, and is read only by the processes that use the service.
 */

/**
 * Form of a password for Net::SMTP, an LDAP server or a search server; Mastodon passes it on
 * unchanged (`config/email.yml`, `to_json`).
 */
const PASSWORD = {
  pattern: /^[\x20-\x7e]{1,512}$/u,
  words:
    "1 to 512 characters of ASCII, spaces among them; no letters with accents, no tabs and no line ends",
} as const;

/** A secret that can be rotated, that comes from a service, and without which no data is lost. */
const given = (by: string, where: string) =>
  ({
    recipe: { kind: "given", by },
    change: "rotatable",
    lost: `Nothing: ${where}.`,
  }) as const;

/** Effect of a new value: its readers are restarted. */
const restarts = (who: string): string => `The next \`pulumi up\` restarts ${who}.`;

const mailRow = (bulk: boolean, part: "login" | "password") => ({
  what: `the ${part} at the provider of ${bulk ? "bulk mail" : "mail"}`,
  format: PASSWORD,
  ...given("the mail provider", "the provider makes another"),
  changed: restarts("Sidekiq"),
  readers: ["sidekiq"] as const,
});

const secondRow = (part: "id" | "secret") => ({
  needed: { key: "backup.second" },
  what: `the ${part} of the key of the dumps' second destination, which may write and not delete`,
  format: { pattern: /^[!-~]{8,256}$/u, words: "8 to 256 characters of ASCII without spaces" },
  ...given("the second destination's company, by hand", "it makes another"),
  changed: "The next dump uses it.",
  readers: ["backup"] as const,
});

/** The rows. */
export const OPTION_SECRETS = [
  {
    key: "backupSecondKeyId",
    env: "RCLONE_CONFIG_SECOND_ACCESS_KEY_ID",
    ...secondRow("id"),
  },
  {
    key: "backupSecondKey",
    env: "RCLONE_CONFIG_SECOND_SECRET_ACCESS_KEY",
    ...secondRow("secret"),
  },
  {
    key: "smtpLogin",
    env: "SMTP_LOGIN",
    needed: { key: "mail.authentication", isNot: "none" },
    ...mailRow(false, "login"),
  },
  {
    key: "smtpPassword",
    env: "SMTP_PASSWORD",
    needed: { key: "mail.authentication", isNot: "none" },
    ...mailRow(false, "password"),
  },
  {
    key: "bulkSmtpLogin",
    env: "BULK_SMTP_LOGIN",
    needed: { key: "mail.bulk.authentication", isNot: "none" },
    ...mailRow(true, "login"),
  },
  {
    key: "bulkSmtpPassword",
    env: "BULK_SMTP_PASSWORD",
    needed: { key: "mail.bulk.authentication", isNot: "none" },
    ...mailRow(true, "password"),
  },
  {
    key: "searchPassword",
    env: "ES_PASS",
    needed: { key: "search.user" },
    what: "the password at the search server",
    format: {
      // The Job that fills the indices also uses curl, whose configuration accepts no others.
      pattern: /^[!#-[\]-~]{1,512}$/u,
      words: "1 to 512 characters of ASCII without spaces, double quotes and backslashes",
    },
    ...given("the search server", "set another there"),
    changed: restarts("web and Sidekiq, and runs the search Job"),
    readers: ["web", "sidekiq", "jobs"],
  },
  {
    key: "oidcClientSecret",
    env: "OIDC_CLIENT_SECRET",
    needed: { key: "signIn.oidc" },
    what: "what this server proves itself with to the OpenID provider",
    format: PASSWORD,
    ...given("the OpenID provider, with the client", "the provider makes another"),
    changed: restarts("web"),
    readers: ["web"],
  },
  {
    key: "samlPrivateKey",
    env: "SAML_PRIVATE_KEY",
    needed: { key: "signIn.saml.ownCertificate" },
    what: "the key of this server's SAML certificate",
    format: {
      pattern:
        /^\s*-----BEGIN (RSA |EC )?PRIVATE KEY-----\s[A-Za-z0-9+/=\s]+-----END (RSA |EC )?PRIVATE KEY-----\s*$/u,
      words: "a private key in PEM without a passphrase, with its first and last line",
    },
    ...given(
      "you, with the certificate, by openssl",
      "make a new pair and give the provider its certificate",
    ),
    changed: `${restarts("web")} The certificate must change with it, here and at the provider.`,
    readers: ["web"],
  },
  {
    key: "ldapPassword",
    env: "LDAP_PASSWORD",
    needed: { key: "signIn.ldap" },
    what: "the password of signIn.ldap.bindDn",
    format: PASSWORD,
    ...given("the LDAP server", "set another there"),
    changed: restarts("web"),
    readers: ["web"],
  },
  {
    key: "hcaptchaSecretKey",
    env: "HCAPTCHA_SECRET_KEY",
    needed: { key: "captcha" },
    what: "what hCaptcha's answers are checked with",
    format: { pattern: /^[\w-]{20,128}$/u, words: "20 to 128 letters, digits, _ and -" },
    ...given("hCaptcha, under the account's settings", "hCaptcha shows it, or makes another"),
    changed: restarts("web"),
    readers: ["web"],
  },
  {
    key: "deeplApiKey",
    env: "DEEPL_API_KEY",
    needed: { key: "translation.deepl" },
    what: "what DeepL is asked with",
    format: {
      pattern: /^[\w-]{20,128}(:fx)?$/u,
      words: "20 to 128 letters, digits, _ and -, with :fx at its end for the free plan",
    },
    ...given("DeepL, under API keys of the account", "DeepL makes another"),
    changed: restarts("web"),
    readers: ["web"],
  },
  {
    key: "libreTranslateApiKey",
    env: "LIBRE_TRANSLATE_API_KEY",
    needed: { key: "translation.libreTranslate.apiKey", is: true },
    what: "what LibreTranslate is asked with",
    format: { pattern: /^[\w-]{8,128}$/u, words: "8 to 128 letters, digits, _ and -" },
    ...given("whoever runs the LibreTranslate", "they make another"),
    changed: restarts("web"),
    readers: ["web"],
  },
  {
    key: "dumpFileKey",
    env: "DUMP_FILE_KEY",
    needed: { key: "postgres.origin.dump.restored", is: false },
    what: "the key of the one dump that is being restored",
    format: {
      pattern: /^[A-Za-z0-9+/]{22}==$/u,
      words: "16 bytes in base64: 22 characters and ==",
    },
    ...given(
      "`npm run rebuild -- database`, out of the dump and the identity of its recipient",
      "the command makes it again",
    ),
    changed: "The restore's Job runs again; a dump that is restored stays as it is.",
    readers: ["restore"],
  },
  {
    key: "otlpHeaders",
    env: "OTEL_EXPORTER_OTLP_HEADERS",
    needed: { key: "tracing.headers", is: true },
    what: "what traces are sent with",
    format: {
      pattern: /^[\w-]+=[!-+\--~]+(,[\w-]+=[!-+\--~]+)*$/u,
      words:
        "name=value pairs with commas between them, a space as %20: authorization=Basic%20 and the rest",
    },
    ...given("whoever takes the traces", "they make another"),
    changed: restarts("web and Sidekiq"),
    readers: ["web", "sidekiq"],
  },
] as const satisfies readonly SecretRow[];
