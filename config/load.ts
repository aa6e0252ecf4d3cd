import * as pulumi from "@pulumi/pulumi";
import { NAMESPACE, namespaceFaults } from "./namespaces.ts";
import { imagesOf, unpinnedWarning } from "./images.ts";
import { neededRefusal } from "./needed-secrets.ts";
import { parseConfig } from "./parse.ts";
import { StackConfigSchema, type StackConfig } from "./schema.ts";
import { secretFaults, secretRefusal } from "./secret-faults.ts";
import { isSecretKey, SECRETS, type SecretKey } from "./secret-keys.ts";
import { OPTIONAL_SECRET_KEYS, SECRET_KEYS, type StackSecrets } from "./secrets.ts";
import { updateTimeWarning } from "./update-time.ts";

/** What an operator decided, and the secrets an operator holds. */
export interface Stack {
  readonly config: StackConfig;
  readonly secrets: StackSecrets;
}

/**
 * Reads the whole configuration of the selected stack: the one place that asks Pulumi for it.
 * @throws RunError listing every fault; no resource has been registered by then.
 */
export function readStack(): Stack {
  try {
    const stack = readOrRefuse();
    const warning = unpinnedWarning(Object.values(imagesOf(stack.config)));
    if (warning !== undefined) void pulumi.log.warn(warning);
    const time = updateTimeWarning(stack.config);
    if (time !== undefined) void pulumi.log.warn(time);
    return stack;
  } catch (error) {
    // An operator's mistake, not the program's: Pulumi prints a RunError without a stack trace.
    throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
  }
}

function readOrRefuse(): Stack {
  const pulumiConfig = new pulumi.Config(NAMESPACE);
  // A mistyped top-level key is invisible to a program that asks only for the keys it knows.
  const raw = Object.fromEntries(
    Object.entries(pulumi.runtime.allConfig())
      .filter(([key]) => key.startsWith(`${NAMESPACE}:`))
      .map(([key, text]) => [key.slice(NAMESPACE.length + 1), text] as const)
      .filter(([key]) => !isSecretKey(key))
      .map(([key, text]) => [key, valueOf(key, text)]),
  );
  const encrypted = Object.keys(raw).filter((key) => isEncrypted(`${NAMESPACE}:${key}`));
  const config = parseConfig(raw, {
    encrypted: new Set(encrypted),
    otherKeys: SECRETS.map(({ key }) => key),
    // A key under a mistyped namespace is invisible in the same way.
    elsewhere: namespaceFaults(Object.keys(pulumi.runtime.allConfig()), isEncrypted),
  });
  // Plain for a moment, to be looked at: what is shown of them is never a value.
  const values = plainSecrets();
  const refusal = secretRefusal(
    secretFaults({
      stack: pulumi.getStack(),
      values,
      inTheClear: Object.keys(values)
        .filter(isSecretKey)
        .filter((key) => !isEncrypted(`${NAMESPACE}:${key}`)),
      fingerprints: config.fingerprints ?? {},
    }),
  );
  if (refusal !== undefined) throw new Error(refusal);
  const lacking = neededRefusal(config, (key) => values[key] !== undefined);
  if (lacking !== undefined) throw new Error(lacking);
  return { config, secrets: outputsOf(pulumiConfig) };
}

/** What every stack needs, and what of the rest is set. */
function outputsOf(config: pulumi.Config): StackSecrets {
  const required = SECRET_KEYS.map((key) => [key, config.requireSecret(key)] as const);
  const optional = OPTIONAL_SECRET_KEYS.flatMap((key) => {
    const value = config.getSecret(key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries([...required, ...optional]) as StackSecrets;
}

/** The values of all secrets that are set: the one place where they are text. */
function plainSecrets(): Readonly<Partial<Record<SecretKey, string>>> {
  return Object.fromEntries(
    SECRETS.flatMap(({ key }) => {
      const value = pulumi.runtime.getConfig(`${NAMESPACE}:${key}`);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}

/** Whether a value is encrypted in the stack file. The SDK knows, but calls it internal: were it gone, no value would be shown. */
function isEncrypted(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as {
    readonly isConfigSecret?: (key: string) => boolean;
  };
  return isConfigSecret?.(key) ?? true;
}

/** Pulumi hands every value over as text; the schema says which ones were structured in the file. */
function valueOf(key: string, text: string): unknown {
  const field = (StackConfigSchema.shape as Record<string, { readonly type: string }>)[key];
  if (field === undefined || field.type === "string") return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
