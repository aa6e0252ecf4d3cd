/** Answers of the clouds, and the verdict on them: the types of every part of the look. */

/**
 * Answer of a cloud, or the reason why it is unknown: a token that may not read it, or an API that
 * is not reachable. An unknown answer is never the same as "there is none".
 */
export type Answer<T> = { readonly known: T } | { readonly unknown: string };

/** Result of judging the answers. */
export interface Verdict {
  /** Sentences that stop the update before its first resource. */
  readonly faults: readonly string[];
  /** Sentences that only warn. */
  readonly warnings: readonly string[];
  /** Slug for a new cluster; an existing one keeps its own. */
  readonly kubernetesVersion: string;
}

/** Result of one question. */
export type Judged = Pick<Verdict, "faults" | "warnings">;
