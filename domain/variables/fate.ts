import type { SecretKey } from "../../config/secret-keys/all.ts";
import type { StackConfig } from "../../config/schema.ts";
import { settingAt } from "../setting.ts";

/** Handling of a variable: what sets it here. */
export type Fate =
  /** A key of the stack file. */
  | { readonly kind: "config"; readonly key: string; readonly written?: Written }
  /** A key of the stack file, encrypted. */
  | { readonly kind: "secret"; readonly key: SecretKey }
  /** Nothing: an operator may set it below `extraEnvironment`. */
  | {
      readonly kind: "extra";
      readonly process: "rails" | "streaming";
      /** Empty, it means something else than unset. */
      readonly emptyCounts?: true;
    }
  /** This program sets it itself, in some pod: a test plans every option and looks. */
  | { readonly kind: "derived"; readonly why: string; readonly written?: Written }
  /** Has no place here. */
  | { readonly kind: "absent"; readonly why: string }
  /** No Mastodon that is known here reads it any more. */
  | { readonly kind: "removed"; readonly why: string };

/** Readers of variables: all of Rails (web, Sidekiq, Jobs), or one kind of process alone. */
export type Reader = "rails" | "web" | "sidekiq";

/** Value of a variable, by a valid configuration; undefined: nobody is given it. */
type Value = (config: StackConfig) => string | undefined;

/**
 * A variable's value and who is given it. Rows without leave it to a file of `k8s/`, because it
 * follows from more than the configuration or is one container's own.
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

/** Rows that say all of it: these processes read them. */
export const readBy = (...readers: readonly Reader[]) => ({
  /** A key of the stack file; without a value of its own it is written as {@link textOf} says. */
  key: (key: string, value: Value = (config) => textOf(settingAt(config, key))): Fate => ({
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
  /** The switch of a block: "true" where it stands in the stack file. */
  where: (block: string): Fate => ({
    kind: "derived",
    why: `on where \`${block}\` is set`,
    written: {
      readers,
      value: (config) => (settingAt(config, block) === undefined ? undefined : "true"),
    },
  }),
});

/**
 * A setting as Mastodon reads it: lists with commas. Mastodon takes any text but "true" for off, so
 * flags that are off are not set, and neither are empty lists.
 */
function textOf(setting: unknown): string | undefined {
  if (setting === undefined || setting === false) return undefined;
  if (!Array.isArray(setting)) return String(setting);
  return setting.length === 0 ? undefined : setting.join(",");
}
