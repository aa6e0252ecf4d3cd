/**
 * Counts that older text still has, by folder ("." is the root) or page. They may fall and never
 * rise. A folder or page without a number has none. `test/layout/prose.test.ts` compares them.
 */
type Ceilings = Readonly<Record<string, number>>;

/** Doc comments that open with a clause instead of the thing. */
export const OPENINGS: Ceilings = {};

/** Words of our own in comments. */
export const PRIVATE: Ceilings = {
  "rehearsal/faults": 20,
};

/** Sentences of comments over 25 words. */
export const LONG_SENTENCES: Ceilings = {
  "rehearsal/faults": 17,
};

/** Lines with a comment over 100 columns. */
export const WIDE_COMMENTS: Ceilings = { "rehearsal/faults": 5 };

/** Lines of prose over 100 columns, by page. */
export const WIDE_PROSE: Ceilings = {};
