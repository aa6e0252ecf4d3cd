import { StackConfigSchema } from "../../config/schema.ts";
import { nodeAt, nodeOf } from "../../config/describe.ts";

/** A value in the form of the stack file. */
export type Value = string | number | boolean | readonly string[];

/** Values by config key, with dots for depth. */
export type Values = Readonly<Record<string, Value>>;

const SCHEMA = nodeOf(StackConfigSchema);

/** Conversions of variables whose form differs from that of their key. */
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

/** Settings that follow from a secret: its service is used and requires authentication. */
const BESIDES: Readonly<Record<string, Values>> = {
  DEEPL_API_KEY: { "translation.deepl.plan": "free" },
  LIBRE_TRANSLATE_API_KEY: { "translation.libreTranslate.apiKey": true },
  OTEL_EXPORTER_OTLP_HEADERS: { "tracing.headers": true },
};

/**
 * Settings that follow from a missing variable. Without a login there is no authentication at the
 * mail provider.
 */
const MISSING: readonly (readonly [wants: string, name: string, values: Values])[] = [
  ["mail.server", "SMTP_LOGIN", { "mail.authentication": "none" }],
  ["mail.bulk.server", "BULK_SMTP_LOGIN", { "mail.bulk.authentication": "none" }],
];

/** Keys with host names, in which capitals make no difference. */
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

/** Keys whose reader accepts capitals, too (net-smtp `lib/net/smtp/authenticator.rb`). */
const LOWERED: ReadonlySet<string> = new Set(["mail.authentication", "mail.bulk.authentication"]);

/**
 * Converts a plain variable to values of the stack file. A value of the wrong kind stays a string,
 * which the schema then refuses.
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

/** Settings that follow from the presence of a secret. */
export function besides(name: string): Values {
  return BESIDES[name] ?? {};
}

/** Settings that follow from missing variables, given the imported ones. */
export function impliedBy(values: Values, isSet: (name: string) => boolean): Values {
  return Object.assign(
    {},
    ...MISSING.filter(([wants, name]) => values[wants] !== undefined && !isSet(name)).map(
      ([, , says]) => says,
    ),
  ) as Values;
}
