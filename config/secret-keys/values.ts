import type * as pulumi from "@pulumi/pulumi";
import { type OptionalSecretKey, type RequiredSecretKey, SECRETS } from "./all.ts";
import type { SecretRow } from "./row.ts";

/**
 * Secrets of the operator, by config key, as Outputs: never as text that could be printed. `all.ts`
 * describes each.
 */
export type StackSecrets = {
  readonly [Key in RequiredSecretKey]: pulumi.Output<string>;
} & { readonly [Key in OptionalSecretKey]?: pulumi.Output<string> };

const keysWhere = (required: boolean): string[] =>
  SECRETS.filter(({ needed }: SecretRow) => (needed === "always") === required).map(
    ({ key }) => key,
  );

/**
 * The config keys of the secrets that every stack needs, in the order in which they are asked for.
 */
export const SECRET_KEYS = keysWhere(true) as readonly RequiredSecretKey[];

/** The config keys of the secrets that only some configurations need. */
export const OPTIONAL_SECRET_KEYS = keysWhere(false) as readonly OptionalSecretKey[];
