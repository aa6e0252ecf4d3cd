import type { StackConfig } from "../config/schema.ts";
import { secretRow, type OptionalSecretKey, type SecretKey } from "../config/secret-keys/all.ts";
import { OPTIONAL_SECRET_KEYS } from "../config/secret-keys/values.ts";
import { valueAt } from "../domain/fault.ts";
import { isNeeded } from "../domain/needed.ts";

/** A secret that this configuration needs, with the reason. */
export interface NeededSecret {
  readonly key: OptionalSecretKey;
  /** The setting that needs it, to be read before "but mastodon:KEY is not set". */
  readonly because: string;
}

/** The optional secrets that a configuration needs. */
export function neededSecrets(config: StackConfig): readonly NeededSecret[] {
  return OPTIONAL_SECRET_KEYS.flatMap((key) => {
    const { needed } = secretRow(key);
    if (needed === "always" || !isNeeded(config, needed)) return [];
    return [{ key, because: `mastodon:${needed.key} is ${shown(valueAt(config, needed.key))}` }];
  });
}

/** A value on one line, in the stack file's form; "set" for a block of keys and a certificate. */
function shown(value: unknown): string {
  if (typeof value === "boolean") return String(value);
  return typeof value === "string" && !value.includes("\n") ? `"${value}"` : "set";
}

/**
 * The refusal of a stack without secrets that its configuration needs; undefined if none is
 * missing.
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
