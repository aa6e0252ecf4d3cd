import type { NeededWhere, SecretRow } from "../config/secret-keys/row.ts";
import type { StackConfig } from "../config/schema.ts";

/** Single settings of a valid configuration, by their keys. */

/**
 * Value of a key; undefined if the stack file does not have it.
 * @param key dots for depth: `mail.bulk.server`.
 */
export function settingAt(config: StackConfig, key: string): unknown {
  return key
    .split(".")
    .reduce<unknown>(
      (block, step) => (block as Readonly<Record<string, unknown>> | undefined)?.[step],
      config,
    );
}

/** True for a secret that a stack with this configuration needs. */
export function isNeeded(config: StackConfig, needed: SecretRow["needed"]): boolean {
  if (needed === "always") return true;
  const { key, is, isNot }: NeededWhere = needed;
  const value = settingAt(config, key);
  return value !== undefined && (is === undefined || value === is) && value !== isNot;
}
