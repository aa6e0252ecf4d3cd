/** Answers of the clouds, and what is made of them: the words of every part of the look. */

/**
 * Answer of a cloud, or the reason why it is unknown: a token that may not read it, or an API that
 * is not reachable. An unknown answer is never the same as "there is none".
 */
export type Answer<T> = { readonly known: T } | { readonly unknown: string };

/** Result of judging the answers. */
export interface Verdict {
  /** Sentences that stop the update before its first resource. */
  readonly faults: readonly string[];
  /** Sentences that are only said. */
  readonly warnings: readonly string[];
  /** The slug that a new cluster is asked for with; an existing one keeps its own. */
  readonly kubernetesVersion: string;
}

/** Of one question. */
export type Judged = Pick<Verdict, "faults" | "warnings">;
