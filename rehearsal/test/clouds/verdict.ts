import type { Properties } from "../../providers/provider.ts";

/** Result of a change. */
export type Verdict =
  /** No change, or one in place; then the cloud's values afterwards. */
  | { readonly is: "none" | "update"; readonly then?: Properties }
  | { readonly is: "replace"; readonly by: string }
  /** By Check, so a preview shows it. */
  | { readonly is: "refused in the preview"; readonly words: string }
  /** By the provider's own code or by the API; a preview does not show it. */
  | { readonly is: "refused in the update"; readonly words: RegExp };

/** One change, and its result. */
export interface Line {
  readonly type: string;
  readonly change: string;
  readonly from: Properties;
  /** Merged over `from`; undefined values are removed. */
  readonly by: Properties;
  readonly verdict: Verdict;
}

/** No change. */
export const none: Verdict = { is: "none" };
/** A change in place, with the cloud's values afterwards. */
export const update = (then?: Properties): Verdict =>
  then === undefined ? { is: "update" } : { is: "update", then };
/** A refusal that a preview shows. */
export const inPreview = (words: string): Verdict => ({ is: "refused in the preview", words });
/** A refusal that only the update shows. */
export const inUpdate = (words: RegExp): Verdict => ({ is: "refused in the update", words });

/** A line of a table of changes. */
export function line(
  type: string,
  change: string,
  from: Properties,
  by: Properties,
  verdict: Verdict,
): Line {
  return { type, change, from, by, verdict };
}
