import { isSecretKey, SECRETS, secretRow, type SecretKey } from "../../config/secret-keys/all.ts";
import { madeWith, makeSecrets } from "./make.ts";
import type { SecretStore } from "./store.ts";

/** Effect of a rotation. */
export interface RotationPlan {
  /** All keys that change together with the named one. */
  readonly keys: readonly SecretKey[];
  /** Its consequence, as a sentence. */
  readonly cost: string;
}

/**
 * Plans the rotation of a key.
 * @throws Error for a key that must never change, that comes from another service, or that does not
 * exist.
 */
export function rotationOf(key: string): RotationPlan {
  if (!isSecretKey(key))
    throw new Error(
      `There is no secret "${key}"; nothing was changed. There are: ${SECRETS.map((row) => row.key).join(", ")}.`,
    );
  const row = secretRow(key);
  if (row.change === "never")
    throw new Error(
      `mastodon:${key} must never change; nothing was changed. If it were lost: ${row.lost}`,
    );
  if (row.recipe.kind === "given")
    throw new Error(
      `mastodon:${key} can't be made here: it comes from ${row.recipe.by}. Nothing was changed. Set the new one by standard input: pulumi config set --secret mastodon:${key}`,
    );
  return { keys: madeWith(key), cost: row.changed };
}

/**
 * Creates new values for all keys of a rotation and writes them. The old values stay in the history
 * of the stack file.
 */
export async function rotateSecret(store: SecretStore, plan: RotationPlan): Promise<void> {
  await store.write(makeSecrets(plan.keys), await store.held());
}
