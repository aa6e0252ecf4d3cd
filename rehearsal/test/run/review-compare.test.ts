import { describe, expect, test } from "vitest";
import {
  costFaults,
  durationFaults,
  levelFaults,
  orderFaults,
  SIGNS,
  untruths,
  wordFaults,
  type Outcome,
  type Said,
} from "../../drills/review/compare.ts";
import { FAILS_OVER, type Level } from "../../drills/review/truth.ts";

const LEVELS: readonly Level[] = [0, 1, 2, 3, 4, 5];

/** A report of a resize that tells the truth. */
function said(change: Partial<Said> = {}): Said {
  const { level = 3 } = change;
  return {
    level,
    comment: [
      "<!-- mastodon-preview stack=prod -->",
      `## ${SIGNS[level]} Postgres is resized, and fails over`,
      "",
      "About 4 min.",
      "",
      "| cost a month | $729.00 (ceiling $777.00) |",
    ].join("\n"),
    order: [["urn:database", "urn:web"]],
    seconds: 240,
    milliseconds: 120,
    ...change,
  };
}

const OUTCOME: Outcome = {
  truth: { level: 3, because: [{ what: "Postgres failed over", words: FAILS_OVER }] },
  steps: [
    { op: "update", urn: "urn:database", startedAtMs: 0, endedAtMs: 200 },
    { op: "create-replacement", urn: "urn:web", startedAtMs: 210, endedAtMs: 300 },
  ],
  seconds: 250,
  bill: { dollars: 729, atCeiling: 777 },
  words: [/4 min/u],
};

test("a report that told the truth has no fault", () => {
  expect(untruths(said(), OUTCOME)).toEqual([]);
});

describe("a verdict that is better or worse than what happened is a fault", () => {
  test.each(
    LEVELS.flatMap((level) => [level - 1, level + 1].map((told) => [told, level] as const)).filter(
      (pair): pair is readonly [Level, Level] => pair[0] >= 0 && pair[0] <= 5,
    ),
  )("it says %i, and it was %i", (told, level) => {
    const outcome = { ...OUTCOME, truth: { level, because: [] } };
    expect(levelFaults(said({ level }), outcome)).toEqual([]);
    expect(levelFaults(said({ level: told }), outcome)).not.toEqual([]);
  });

  test("the right level under another sign", () => {
    const { comment } = said({ level: 1 });
    expect(levelFaults(said({ comment }), OUTCOME)).toHaveLength(1);
  });
});

describe("words are held against what was seen", () => {
  test("an interruption that is not said", () => {
    const comment = said().comment.replace(", and fails over", "");
    expect(wordFaults(said({ comment }), OUTCOME)).toHaveLength(1);
  });

  test("an interruption that did not happen", () => {
    const comment = said().comment.replace("About", "Database migrations run. About");
    expect(wordFaults(said({ comment }), OUTCOME)).toEqual([
      "it says /migrations? run/iu, and nothing of that happened",
    ]);
  });

  test("words that this change needs", () => {
    expect(wordFaults(said(), { ...OUTCOME, words: [/dashboard/u] })).toHaveLength(1);
  });
});

describe("order, length and cost are held against what was seen", () => {
  test("the later step began before the earlier one had ended", () => {
    const [first, second] = OUTCOME.steps;
    const steps = [first!, { ...second!, startedAtMs: 199 }];
    expect(orderFaults(said(), { ...OUTCOME, steps })).toHaveLength(1);
  });

  test("what is replaced is deleted at the end, and its successor counts", () => {
    const gone = { op: "delete-replaced", urn: "urn:database", startedAtMs: 400, endedAtMs: 410 };
    expect(orderFaults(said(), { ...OUTCOME, steps: [...OUTCOME.steps, gone] })).toEqual([]);
  });

  test("a step that never ran is ordered", () => {
    expect(orderFaults(said(), { ...OUTCOME, steps: [] })).toHaveLength(1);
  });

  test.each([60, 600])("%i s instead of 240", (seconds) => {
    expect(durationFaults(said({ seconds }), OUTCOME)).toHaveLength(1);
  });

  test("another bill, at rest and at the ceiling", () => {
    const bill = { dollars: 730, atCeiling: 778 };
    expect(costFaults(said(), { ...OUTCOME, bill })).toHaveLength(2);
  });
});

describe("the form is held, too", () => {
  test.each<readonly [string, Partial<Said>]>([
    ["too long", { comment: `${said().comment}${"x".repeat(60_000)}` }],
    ["too late", { milliseconds: 1_001 }],
    ["not found again", { comment: said().comment.replace("stack=prod", "") }],
  ])("%s", (_what, change) => {
    expect(untruths(said(change), OUTCOME)).toHaveLength(1);
  });
});
