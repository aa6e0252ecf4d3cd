import type { SecretKey } from "../../config/secret-keys/all.ts";
import type { StackConfig } from "../../config/schema.ts";
import { valueAt } from "../fault.ts";

/** Handling of a variable: what sets it here. */
export type Fate =
  /** A key of the stack file. */
  | { readonly kind: "config"; readonly key: string; readonly written?: Written }
  /** A key of the stack file, encrypted. */
  | { readonly kind: "secret"; readonly key: SecretKey }
  /** No setting here: an operator may set it below `extraEnvironment`. */
  | {
      readonly kind: "extra";
      readonly process: "rails" | "streaming";
      /** An empty value differs from an unset one. */
      readonly emptyCounts?: true;
    }
  /** This program sets it itself, in some pod; a test plans every option and checks that. */
  | { readonly kind: "derived"; readonly why: string; readonly written?: Written }
  /** Not supported here. */
  | { readonly kind: "absent"; readonly why: string }
  /** No known Mastodon reads it any more. */
  | { readonly kind: "removed"; readonly why: string };

/** Readers of variables: all of Rails (web, Sidekiq, Jobs), or only one kind of process. */
export type Reader = "rails" | "web" | "sidekiq";

/** Value of a variable for a valid configuration; undefined: it is not set. */
type Value = (config: StackConfig) => string | undefined;

/**
 * A variable's value and its readers. Without it a file of `k8s/` sets the variable, because it
 * depends on more than the configuration or belongs to one container.
 */
export interface Written {
  readonly readers: readonly Reader[];
  readonly value: Value;
}

export const config = (key: string): Fate => ({ kind: "config", key });
export const secret = (key: SecretKey): Fate => ({ kind: "secret", key });
export const extra = (process: "rails" | "streaming" = "rails"): Fate => ({
  kind: "extra",
  process,
});
export const extraAlsoEmpty = (): Fate => ({ kind: "extra", process: "rails", emptyCounts: true });
export const derived = (why: string): Fate => ({ kind: "derived", why });
export const absent = (why: string): Fate => ({ kind: "absent", why });
export const removed = (why: string): Fate => ({ kind: "removed", why });

/** Complete rows: these processes read them. */
export const readBy = (...readers: readonly Reader[]) => ({
  /** A key of the stack file; by default its value is that of {@link textOf}. */
  key: (key: string, value: Value = (config) => textOf(valueAt(config, key))): Fate => ({
    kind: "config",
    key,
    written: { readers, value },
  }),
  /** A decision of this program: its reason, and its value. */
  derived: (why: string, value: Value): Fate => ({
    kind: "derived",
    why,
    written: { readers, value },
  }),
  /** The switch of a block: "true" if the stack file has the block. */
  where: (block: string): Fate => ({
    kind: "derived",
    why: `on where \`${block}\` is set`,
    written: {
      readers,
      value: (config) => (valueAt(config, block) === undefined ? undefined : "true"),
    },
  }),
});

/**
 * A setting in the form that Mastodon reads, with commas in lists. Mastodon treats any text but
 * "true" as off, so flags that are off are not set, and neither are empty lists.
 */
function textOf(setting: unknown): string | undefined {
  if (setting === undefined || setting === false) return undefined;
  if (!Array.isArray(setting)) return String(setting);
  return setting.length === 0 ? undefined : setting.join(",");
}
