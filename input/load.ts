import * as pulumi from "@pulumi/pulumi";
import { NAMESPACE } from "./namespaces.ts";
import type { Images } from "../config/images.ts";
import { configWarnings } from "../domain/config-warnings.ts";
import { imagesOf, unpinnedRefusal } from "../domain/images.ts";
import { neededRefusal } from "./needed-secrets.ts";
import type { StackConfig } from "../config/schema.ts";
import { secretFaults, secretRefusal } from "./secret-faults.ts";
import { SECRETS, type SecretKey } from "../config/secret-keys/all.ts";
import { hasNoZone, placeholderFaults, placeholderRefusal } from "../domain/shipped.ts";
import {
  OPTIONAL_SECRET_KEYS,
  SECRET_KEYS,
  type StackSecrets,
} from "../config/secret-keys/values.ts";
import { readConfig } from "./stack-text.ts";

/** The operator's configuration and secrets. */
export interface Stack {
  readonly config: StackConfig;
  readonly secrets: StackSecrets;
}

/**
 * Reads the whole configuration of the selected stack. Only this file asks Pulumi for it.
 * @param images of the deployed release.
 * @throws RunError listing every fault, before any resource is registered.
 */
export function readStack(images: Images): Stack {
  try {
    const stack = readOrRefuse();
    refuseUnpinned(stack.config, images);
    for (const warning of configWarnings(stack.config, images)) void pulumi.log.warn(warning);
    return stack;
  } catch (error) {
    // The operator's mistake, not the program's: Pulumi prints a RunError without a stack trace.
    throw new pulumi.RunError(error instanceof Error ? error.message : String(error));
  }
}

/**
 * A preview warns about a tag without a digest, so that a pull request can be read; an update
 * refuses it. An update without a preview, as by the Automation API, is refused, too.
 */
function refuseUnpinned(config: StackConfig, images: Images): void {
  if (pulumi.runtime.isDryRun() || config.images.unpinned !== "refuse") return;
  const refusal = unpinnedRefusal(Object.values(imagesOf(config, images)));
  if (refusal !== undefined) throw new Error(`Nothing was changed. ${refusal}`);
}

function readOrRefuse(): Stack {
  const config = readConfig({ texts: pulumi.runtime.allConfig(), isEncrypted });
  // Before the secrets, because an operator who has not filled in the file need not see those.
  const unfilled = hasNoZone(config) ? placeholderRefusal(placeholderFaults(config)) : undefined;
  if (unfilled !== undefined) throw new Error(unfilled);
  // Plain values for the validation; messages never show a value.
  const values = plainSecrets();
  const { fingerprints = {} } = config;
  const refusal = secretRefusal(
    secretFaults({
      stack: pulumi.getStack(),
      values,
      // None is unencrypted: that was refused.
      inTheClear: [],
      fingerprints,
      movedIn: config.postgres.origin?.movedIn === true,
    }),
  );
  if (refusal !== undefined) throw new Error(refusal);
  const lacking = neededRefusal(config, (key) => values[key] !== undefined);
  if (lacking !== undefined) throw new Error(lacking);
  return { config, secrets: outputsOf(new pulumi.Config(NAMESPACE)) };
}

/** Secrets that every stack needs, and the optional ones that are set. */
function outputsOf(config: pulumi.Config): StackSecrets {
  const required = SECRET_KEYS.map((key) => [key, config.requireSecret(key)] as const);
  const optional = OPTIONAL_SECRET_KEYS.flatMap((key) => {
    const value = config.getSecret(key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries([...required, ...optional]) as StackSecrets;
}

/** Values of all secrets that are set. Only here are they plain text. */
function plainSecrets(): Readonly<Partial<Record<SecretKey, string>>> {
  return Object.fromEntries(
    SECRETS.flatMap(({ key }) => {
      const value = pulumi.runtime.getConfig(`${NAMESPACE}:${key}`);
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}

/**
 * Whether a value is encrypted in the stack file. The SDK's function is marked internal: without
 * it, no value would be shown.
 */
function isEncrypted(key: string): boolean {
  const { isConfigSecret } = pulumi.runtime as {
    readonly isConfigSecret?: (key: string) => boolean;
  };
  return isConfigSecret?.(key) ?? true;
}
