import type { SecretKey } from "../../config/secret-keys/all.ts";

/** Handling of a variable: what sets it here. */
export type Fate =
  /** A key of the stack file. */
  | { readonly kind: "config"; readonly key: string }
  /** A key of the stack file, encrypted. */
  | { readonly kind: "secret"; readonly key: SecretKey }
  /** Nothing: an operator may set it below `extraEnvironment`. */
  | {
      readonly kind: "extra";
      readonly process: "rails" | "streaming";
      /** Set to nothing it says something else than left out. */
      readonly emptyCounts?: true;
    }
  /** This program sets it itself, in some pod: a test plans every option and looks. */
  | { readonly kind: "derived"; readonly why: string }
  /** Has no place here. */
  | { readonly kind: "absent"; readonly why: string }
  /** No Mastodon that is known here reads it any more. */
  | { readonly kind: "removed"; readonly why: string };

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
