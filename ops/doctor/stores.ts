import type { StackConfig } from "../../config/schema.ts";

/** The object stores that a configuration uses. */
export function storesOf({ media, backup }: Pick<StackConfig, "media" | "backup">): {
  readonly spaces: boolean;
  readonly r2: boolean;
} {
  const stores: readonly (string | undefined)[] = [media.storage, media.standby?.storage];
  return {
    spaces: stores.includes("spaces"),
    // Dumps are on R2, wherever media is.
    r2: stores.includes("r2") || backup !== undefined,
  };
}
