/**
 * Counts that older text still has, by folder ("." is the root) or page. They may fall and never
 * rise. A folder or page without a number has none. `test/layout/prose.test.ts` compares them.
 */
type Ceilings = Readonly<Record<string, number>>;

/** Doc comments that open with a clause instead of the thing. */
export const OPENINGS: Ceilings = { "rehearsal/engine": 14 };

/** Words of our own in comments. */
export const PRIVATE: Ceilings = {
  ".": 5,
  config: 10,
  "config/keys": 4,
  "config/secret-keys": 6,
  domain: 28,
  "domain/capacity": 5,
  "domain/look": 9,
  "domain/variables": 5,
  "facts/digitalocean": 2,
  "facts/mastodon": 1,
  input: 8,
  "input/messages": 2,
  "input/rules": 5,
  observability: 2,
  "ops/adopt": 9,
  "ops/recover": 22,
  "ops/state": 8,
  pages: 7,
  "pages/topology": 4,
  plan: 5,
  "rehearsal/engine": 12,
  "rehearsal/faults": 15,
  stack: 5,
};

/** Sentences of comments over 25 words. */
export const LONG_SENTENCES: Ceilings = {
  ".": 1,
  config: 8,
  "config/secret-keys": 6,
  domain: 18,
  "domain/capacity": 5,
  "domain/look": 2,
  "domain/variables": 1,
  "facts/digitalocean": 2,
  "facts/mastodon": 1,
  input: 2,
  "input/messages": 1,
  "input/rules": 3,
  k8s: 7,
  observability: 2,
  "ops/adopt": 13,
  "ops/recover": 13,
  "ops/state": 6,
  pages: 1,
  plan: 3,
  "rehearsal/engine": 11,
  "rehearsal/faults": 15,
  stack: 1,
};

/** Lines with a comment over 100 columns. */
export const WIDE_COMMENTS: Ceilings = {
  ".": 1,
  "ops/adopt": 10,
  "ops/recover": 11,
  "ops/state": 4,
  "rehearsal/engine": 33,
  "rehearsal/faults": 5,
};

/** Lines of prose over 100 columns, by page. */
export const WIDE_PROSE: Ceilings = {};
