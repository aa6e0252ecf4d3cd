import type { StackConfig } from "../config/schema.ts";
import type { OptionalSecretKey, SecretKey } from "../config/secret-keys/all.ts";

/** A secret that this configuration can't do without, and the words that say why. */
export interface NeededSecret {
  readonly key: OptionalSecretKey;
  /** The setting that needs it, to be read before "but mastodon:KEY is not set". */
  readonly because: string;
}

/** The optional secrets that a configuration needs. */
export function neededSecrets(config: StackConfig): readonly NeededSecret[] {
  const { alerts, mail, search, signIn, captcha, translation, tracing } = config;
  const need = (
    wanted: boolean,
    because: string,
    ...keys: readonly OptionalSecretKey[]
  ): readonly NeededSecret[] => (wanted ? keys.map((key) => ({ key, because })) : []);
  const bulk = mail?.bulk;
  return [
    ...need(
      alerts.slackChannel !== undefined,
      `mastodon:alerts.slackChannel is "${alerts.slackChannel}"`,
      "slackWebhook",
    ),
    ...need(
      mail !== undefined && mail.authentication !== "none",
      `mastodon:mail.authentication is "${mail?.authentication}"`,
      "smtpLogin",
      "smtpPassword",
    ),
    ...need(
      bulk !== undefined && bulk.authentication !== "none",
      `mastodon:mail.bulk.authentication is "${bulk?.authentication}"`,
      "bulkSmtpLogin",
      "bulkSmtpPassword",
    ),
    ...need(
      search?.user !== undefined,
      `mastodon:search.user is "${search?.user}"`,
      "searchPassword",
    ),
    ...need(signIn?.oidc !== undefined, "mastodon:signIn.oidc is set", "oidcClientSecret"),
    ...need(
      signIn?.saml?.ownCertificate !== undefined,
      "mastodon:signIn.saml.ownCertificate is set",
      "samlPrivateKey",
    ),
    ...need(signIn?.ldap !== undefined, "mastodon:signIn.ldap is set", "ldapPassword"),
    ...need(captcha !== undefined, "mastodon:captcha is set", "hcaptchaSecretKey"),
    ...need(translation?.deepl !== undefined, "mastodon:translation.deepl is set", "deeplApiKey"),
    ...need(
      translation?.libreTranslate?.apiKey === true,
      "mastodon:translation.libreTranslate.apiKey is true",
      "libreTranslateApiKey",
    ),
    ...need(tracing?.headers === true, "mastodon:tracing.headers is true", "otlpHeaders"),
  ];
}

/**
 * The refusal of a stack that lacks secrets which its configuration needs; undefined if it lacks
 * none.
 * @param isSet whether the stack has a secret.
 */
export function neededRefusal(
  config: StackConfig,
  isSet: (key: SecretKey) => boolean,
): string | undefined {
  const missing = neededSecrets(config).filter(({ key }) => !isSet(key));
  if (missing.length === 0) return undefined;
  return [
    `The stack lacks ${missing.length === 1 ? "a secret" : `${missing.length} secrets`} that its configuration needs; nothing was changed:`,
    ...missing.map(({ key, because }) => `  ${because}, but mastodon:${key} is not set.`),
    "Set each, by standard input:",
    ...missing.map(({ key }) => `  pulumi config set --secret mastodon:${key}`),
    "What each of them is: docs/secrets.md.",
  ].join("\n");
}
