import { StackConfigSchema } from "../../config/schema.ts";
import { nodeAt, nodeOf } from "../../config/describe.ts";

/** A value as the stack file has it. */
export type Value = string | number | boolean | readonly string[];

/** Values by config key, dots for depth. */
export type Values = Readonly<Record<string, Value>>;

const SCHEMA = nodeOf(StackConfigSchema);

/** Conversions of variables whose form differs from their key's. */
const OTHERWISE: Readonly<Record<string, (value: string) => Values>> = {
  ES_HOST: (value) => ({
    "search.host": value.replace(/^https?:\/\//u, ""),
    ...(value.startsWith("https://") ? {} : { "search.plaintext": true }),
  }),
  SMTP_TLS: (value) => (value === "true" ? { "mail.encryption": "tls" } : {}),
  SMTP_SSL: (value) => (value === "true" ? { "mail.encryption": "tls" } : {}),
  BULK_SMTP_TLS: (value) => (value === "true" ? { "mail.bulk.encryption": "tls" } : {}),
  BULK_SMTP_SSL: (value) => (value === "true" ? { "mail.bulk.encryption": "tls" } : {}),
};

/** Settings that follow from a secret: its service is used, and requires it. */
const BESIDES: Readonly<Record<string, Values>> = {
  DEEPL_API_KEY: { "translation.deepl.plan": "free" },
  LIBRE_TRANSLATE_API_KEY: { "translation.libreTranslate.apiKey": true },
  OTEL_EXPORTER_OTLP_HEADERS: { "tracing.headers": true },
};

/**
 * Settings that follow from a missing variable: without a login there is no authentication at the
 * mail provider.
 */
const MISSING: readonly (readonly [wants: string, name: string, values: Values])[] = [
  ["mail.server", "SMTP_LOGIN", { "mail.authentication": "none" }],
  ["mail.bulk.server", "BULK_SMTP_LOGIN", { "mail.bulk.authentication": "none" }],
];

/** Names of hosts, which mean the same in capitals. */
const HOSTS: ReadonlySet<string> = new Set([
  "domain",
  "webDomain",
  "media.host",
  "mail.server",
  "mail.bulk.server",
  "search.host",
  "signIn.ldap.host",
  "federation.alternateDomains",
]);

/** Words that their reader takes in capitals, too (net-smtp `lib/net/smtp/authenticator.rb`). */
const LOWERED: ReadonlySet<string> = new Set(["mail.authentication", "mail.bulk.authentication"]);

/**
 * A plain variable as values of the stack file; one that is none of its kind stays text, which the
 * schema then refuses.
 */
export function valuesOf(name: string, key: string, written: string): Values {
  const text = HOSTS.has(key) || LOWERED.has(key) ? written.toLowerCase() : written;
  const other = OTHERWISE[name]?.(text);
  if (other !== undefined) return other;
  switch (nodeAt(SCHEMA, key.split("."))?.type) {
    case "integer":
      return { [key]: /^\d+$/u.test(text) ? Number(text) : text };
    case "boolean":
      return { [key]: text === "true" };
    case "array":
      return { [key]: text.split(/[,\s]+/u).filter((part) => part !== "") };
    default:
      return { [key]: text };
  }
}

/** Plain settings that follow from a secret's presence. */
export function besides(name: string): Values {
  return BESIDES[name] ?? {};
}

/** Settings that follow from missing variables, in view of the carried ones. */
export function impliedBy(values: Values, isSet: (name: string) => boolean): Values {
  return Object.assign(
    {},
    ...MISSING.filter(([wants, name]) => values[wants] !== undefined && !isSet(name)).map(
      ([, , says]) => says,
    ),
  ) as Values;
}
