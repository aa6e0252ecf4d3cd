import type { SecretRow } from "../config/secret-keys/row.ts";
import type { StackConfig } from "../config/schema.ts";
import { valueAt } from "./fault.ts";

/** True for a secret that a stack with this configuration needs. */
export function isNeeded(config: StackConfig, needed: SecretRow["needed"]): boolean {
  if (needed === "always") return true;
  const { key, is, isNot } = needed;
  const value = valueAt(config, key);
  return value !== undefined && (is === undefined || value === is) && value !== isNot;
}
