import { describe, expect, it } from "vitest";
import { decide, type GateInput } from "../../../ops/ci/gate.ts";
import type { Level } from "../../../ops/report/verdict.ts";

const LEVELS: readonly Level[] = [0, 1, 2, 3, 4, 5];
const COMMIT = "a".repeat(40);
const HEAD = "b".repeat(40);
const OTHER = "c".repeat(40);
const STEPS = "1".repeat(64);
const OTHER_STEPS = "2".repeat(64);

/** The input of a deploy for which everything is as it was reviewed. */
const same = (level: Level = 2): GateInput => ({
  preview: { refused: false, reason: "", level, steps: STEPS, unlocked: false },
  commit: COMMIT,
  main: COMMIT,
  reviewed: { number: 7, head: HEAD, verdict: { head: HEAD, level, steps: STEPS } },
});
const pushed = ({ preview, commit, main }: GateInput): GateInput => ({ preview, commit, main });
const having = (given: GateInput, preview: Partial<GateInput["preview"]>): GateInput => ({
  ...given,
  preview: { ...given.preview, ...preview },
});
const reviewedAt = (verdict: NonNullable<GateInput["reviewed"]>["verdict"]): GateInput => ({
  ...same(),
  reviewed: { number: 7, head: HEAD, ...(verdict === undefined ? {} : { verdict }) },
});

describe("a deploy goes on", () => {
  it.each<[string, GateInput]>([
    ["with the steps that were reviewed", same()],
    ["with a milder verdict for the same steps", having(same(3), { level: 1 })],
    ["with an outage that was reviewed, and that the rules let pass", same(4)],
    ["of a push without a pull request, where members notice seconds at most", pushed(same(3))],
    ["of a push with an unlock", having(pushed(same(4)), { unlocked: true })],
    [
      "with other steps that a person has accepted by their hash",
      { ...having(same(), { steps: OTHER_STEPS, level: 3 }), accepted: OTHER_STEPS },
    ],
  ])("%s", (_, input) => {
    expect(decide(input).stop).toBeUndefined();
  });
});

describe("a deploy stops before its update, and says what to do", () => {
  it.each<[string, string, GateInput, RegExp]>([
    [
      "the program or a mandatory rule refused",
      "refused",
      having(same(), { refused: true, reason: "mastodon:region is fra1" }),
      /mastodon:region is fra1/u,
    ],
    [
      "that was accepted by hand all the same",
      "refused",
      { ...having(same(), { refused: true }), accepted: STEPS },
      /it had no end/u,
    ],
    ["main has moved on", "moved", { ...same(), main: OTHER }, /ccccccc, which contains aaaaaaa/u],
    ["an outage that was pushed", "outage", pushed(same(4)), /4 \(Outage or loss\)/u],
    [
      "an outage that was accepted by hand, which takes no rule away",
      "outage",
      { ...same(4), accepted: STEPS },
      /npm run unlock/u,
    ],
    [
      "worse than what was merged",
      "worse",
      having(same(1), { level: 3 }),
      /3 \(Interrupted for seconds\); #7 was merged at 1/u,
    ],
    [
      "other steps than those that were merged",
      "other-steps",
      having(same(), { steps: OTHER_STEPS }),
      new RegExp(`not those of #7.*gh workflow run deploy.yml -f steps=${OTHER_STEPS}`, "u"),
    ],
    [
      "a comment about an earlier commit",
      "not-reviewed",
      reviewedAt({ head: OTHER, level: 2, steps: STEPS }),
      /#7 was merged at bbbbbbb, and its comment has the preview of ccccccc/u,
    ],
    ["no verdict in the comment", "not-reviewed", reviewedAt(undefined), /has no preview/u],
    [
      "other steps than those that were accepted by hand",
      "not-accepted",
      { ...same(), accepted: OTHER_STEPS },
      /222222222222/u,
    ],
  ])("%s", (_, stop, input, words) => {
    const decision = decide(input);
    expect(decision.stop).toBe(stop);
    expect(decision.says).toMatch(words);
  });

  it("no verdict of a comment lets a worse preview through, or one that a rule refuses", () => {
    for (const level of LEVELS)
      for (const claimed of LEVELS)
        for (const refused of [false, true]) {
          const reviewed = reviewedAt({ head: HEAD, level: claimed, steps: STEPS });
          const goesOn = decide(having(reviewed, { level, refused })).stop === undefined;
          expect(goesOn).toBe(level <= claimed && !refused);
        }
  });
});
