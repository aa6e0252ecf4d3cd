import { SECRETS } from "../../config/secret-keys/all.ts";
import type { SecretRow } from "../../config/secret-keys/row.ts";
import type { Setting } from "./read.ts";

/**
 * Optional parts of the configuration that an old server's settings fill. Each is imported
 * completely or not at all, because validation would refuse half of it.
 */
export interface Block {
  /** Prefix of its keys: `mail`. */
  readonly key: string;
  /** Returns the reason why none of it is imported; undefined if it is. */
  readonly missing: (value: (name: string) => string | undefined) => string | undefined;
}

/**
 * A name of the old machine itself, or an address. No pod could reach it, and no certificate names
 * it.
 */
const OF_THE_MACHINE = /^(https?:\/\/)?(localhost|[\d.]+|\[.*\]|\/.*|[^.]+)$/u;

/** Checks that a server is given by its host name. */
const server =
  (name: string, what: string): Block["missing"] =>
  (value) => {
    const host = value(name);
    if (host === undefined) return `without ${name} there is ${what}`;
    return OF_THE_MACHINE.test(host)
      ? `${name} names the old machine or a place beside it, which no pod can reach`
      : undefined;
  };

const switched =
  (name: string): Block["missing"] =>
  (value) =>
    value(name) === "true" ? undefined : `it was off on the old server (${name})`;

const present =
  (name: string): Block["missing"] =>
  (value) =>
    value(name) === undefined ? `without ${name} it says nothing` : undefined;

const both =
  (...parts: readonly Block["missing"][]): Block["missing"] =>
  (value) =>
    parts.map((part) => part(value)).find((why) => why !== undefined);

/** The most deeply nested first: `mail.bulk` before `mail`. */
export const BLOCKS: readonly Block[] = [
  {
    key: "mail.bulk",
    missing: both(server("SMTP_SERVER", "no mail"), server("BULK_SMTP_SERVER", "no bulk mail")),
  },
  { key: "mail", missing: server("SMTP_SERVER", "no mail") },
  { key: "search", missing: both(switched("ES_ENABLED"), server("ES_HOST", "no search server")) },
  {
    key: "signIn.oidc.endpoints",
    missing: both(switched("OIDC_ENABLED"), (value) =>
      value("OIDC_DISCOVERY") === "true" ? "OIDC_DISCOVERY asks for it" : undefined,
    ),
  },
  { key: "signIn.oidc", missing: switched("OIDC_ENABLED") },
  { key: "signIn.saml", missing: switched("SAML_ENABLED") },
  { key: "signIn.cas", missing: switched("CAS_ENABLED") },
  {
    key: "signIn.ldap.uidConversion",
    missing: both(switched("LDAP_ENABLED"), switched("LDAP_UID_CONVERSION_ENABLED")),
  },
  {
    key: "signIn.ldap",
    missing: both(switched("LDAP_ENABLED"), server("LDAP_HOST", "no LDAP server")),
  },
  {
    key: "signIn",
    missing: (value) =>
      ["OIDC", "SAML", "CAS", "LDAP"].some((name) => value(`${name}_ENABLED`) === "true")
        ? undefined
        : "no other service signs anybody in",
  },
  { key: "captcha", missing: present("HCAPTCHA_SITE_KEY") },
  { key: "translation.deepl", missing: present("DEEPL_API_KEY") },
  {
    key: "translation.libreTranslate",
    missing: both(present("LIBRE_TRANSLATE_ENDPOINT"), (value) =>
      value("DEEPL_API_KEY") === undefined ? undefined : "Mastodon asks DeepL where both are set",
    ),
  },
  {
    key: "metrics",
    missing: () => "`metrics.namespace` has to say first where the Prometheus is",
  },
  { key: "tracing", missing: present("OTEL_EXPORTER_OTLP_ENDPOINT") },
  { key: "fork", missing: () => "`fork` has to say first which images run" },
];

/** The block of each secret that Mastodon reads, because secrets are not keys below it. */
export const SECRET_BLOCKS: Readonly<Record<string, string>> = Object.fromEntries(
  SECRETS.flatMap(({ key, env, needed }: SecretRow) => {
    if (env === undefined || needed === "always") return [];
    const block = BLOCKS.find(({ key: each }) => isBelow(needed.key, each));
    return block === undefined ? [] : [[key, block.key]];
  }),
);

/**
 * Returns the reason why a key or a secret is skipped with its block; undefined if it is imported.
 */
export function leftBehind(key: string, settings: readonly Setting[]): string | undefined {
  const value = (name: string): string | undefined => {
    const found = settings.find((setting) => setting.name === name)?.value;
    return found === "" ? undefined : found;
  };
  const block = SECRET_BLOCKS[key] ?? key;
  return BLOCKS.find((one) => isBelow(block, one.key))?.missing(value);
}

/** Whether a key is a block's own, or one below it. */
export function isBelow(key: string, block: string): boolean {
  return key === block || key.startsWith(`${block}.`);
}
