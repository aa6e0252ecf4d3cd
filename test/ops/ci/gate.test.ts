import { describe, expect, it } from "vitest";
import { decide, type GateInput } from "../../../ops/ci/gate.ts";
import {
  change,
  commit,
  deploy,
  HASH,
  merged,
  older,
  OTHER,
  OTHER_HASH,
  OUTAGE,
  pushed,
  STREAMING,
  WEB,
  without,
} from "./gate-scene.ts";

describe("a deploy goes on", () => {
  it.each<[string, GateInput]>([
    ["with the steps that were reviewed", deploy([merged(7, [WEB])], [WEB])],
    [
      "with a milder verdict for the same steps",
      deploy([merged(7, [change("update", "web", 3)])], [WEB]),
    ],
    [
      "with the steps of two pull requests, each previewed without the other",
      deploy([merged(8, [STREAMING]), merged(7, [WEB])], [WEB, STREAMING]),
    ],
    [
      "with fewer steps: an earlier deploy did the others before it failed",
      deploy([merged(8, [STREAMING]), merged(7, [WEB])], [STREAMING]),
    ],
    ["with none, whatever was reviewed", deploy([without(merged(7, []))], [])],
    [
      "with the rest of a creation and of a replacement that were cut off",
      deploy(
        [merged(7, [change("create", "preflight"), change("replace", "web", 2)])],
        [change("replace", "preflight"), change("left-over", "web")],
      ),
    ],
    [
      "with an outage that was reviewed, and that the rules let pass",
      deploy([merged(7, [OUTAGE])], [OUTAGE]),
    ],
    [
      "over a pull request without a preview, if a later preview was made on top of it",
      deploy(
        [merged(8, [WEB, STREAMING], { base: commit("a7") }), without(merged(7, []))],
        [WEB, STREAMING],
      ),
    ],
    [
      "over a push that a later preview was made on top of",
      deploy([merged(8, [WEB], { base: commit("e") }), pushed("e")], [WEB]),
    ],
    [
      "with exactly the steps of an older comment, which does not list them",
      deploy([older(merged(7, [WEB]), HASH)], [WEB]),
    ],
    [
      "of a push without a pull request, where members notice seconds at most",
      deploy([pushed("e")], [change("update", "web", 3)]),
    ],
    ["of a push with an unlock", deploy([pushed("e")], [OUTAGE], { unlocked: true })],
    [
      "with other steps that a person has accepted by their hash",
      { ...deploy([merged(7, [WEB])], [STREAMING], { level: 3 }), accepted: HASH },
    ],
  ])("%s", (_, input) => {
    expect(decide(input)).toEqual({ says: expect.any(String) });
  });
});

const same = (): GateInput => deploy([merged(7, [WEB])], [WEB]);

describe("a deploy stops before its update, and says what to do", () => {
  it.each<[string, string, GateInput, RegExp]>([
    [
      "the program or a mandatory rule refused",
      "refused",
      deploy([merged(7, [WEB])], [WEB], { refused: true, reason: "mastodon:region is fra1" }),
      /mastodon:region is fra1/u,
    ],
    [
      "that was accepted by hand all the same",
      "refused",
      { ...deploy([merged(7, [WEB])], [WEB], { refused: true }), accepted: HASH },
      /it had no end/u,
    ],
    ["main has moved on", "moved", { ...same(), main: OTHER }, /ccccccc, which contains a7a7a7a/u],
    [
      "an outage that was pushed",
      "outage",
      deploy([pushed("e")], [OUTAGE]),
      /4 \(Outage or loss\).*`npm run unlock -- web --because "why" --stack prod`/u,
    ],
    [
      "an outage that may be a push's, beside one that was reviewed",
      "outage",
      deploy([pushed("e"), merged(7, [OUTAGE])], [OUTAGE]),
      /npm run unlock -- web/u,
    ],
    [
      "an outage that was accepted by hand, which takes no rule away",
      "outage",
      { ...deploy([merged(7, [OUTAGE])], [OUTAGE]), accepted: HASH },
      /npm run unlock -- web/u,
    ],
    [
      "worse than each that was merged",
      "worse",
      deploy([merged(8, [STREAMING]), merged(7, [WEB])], [change("update", "web", 3)]),
      /3 \(Interrupted for seconds\); #7 and #8 were merged at 2 \(.*\) or less/u,
    ],
    [
      "worse than what was merged",
      "worse",
      deploy([merged(7, [WEB])], [change("update", "web", 3)]),
      /3 \(Interrupted for seconds\); #7 was merged at 1 /u,
    ],
    [
      "a comment about an earlier commit",
      "not-reviewed",
      deploy([merged(7, [WEB], { head: OTHER })], [WEB]),
      /#7 was merged at b7b7b7b, and its comment has the preview of ccccccc/u,
    ],
    [
      "no verdict in the comment of one of two",
      "not-reviewed",
      deploy([merged(8, [WEB]), without(merged(7, []))], [WEB]),
      /^#7 was merged at b7b7b7b, and its comment has no preview\./u,
    ],
    [
      "a preview that was refused: it does not show its steps",
      "not-reviewed",
      deploy([merged(7, [WEB], { level: 5 })], [WEB]),
      /its preview was refused/u,
    ],
    [
      "a preview that was made after the merge: nobody has read it before",
      "not-reviewed",
      deploy([merged(7, [WEB], { base: commit("a7") })], [WEB]),
      /its preview was made after that/u,
    ],
    [
      "another step, and no other pull request counts: the last deploy is not known",
      "other-steps",
      {
        ...deploy([merged(8, [STREAMING])], [WEB, STREAMING]),
        since: { commits: [merged(8, [STREAMING])] },
      },
      /Only the newest pull request counts/u,
    ],
    [
      "the step of a push beside reviewed ones",
      "other-steps",
      deploy([pushed("e"), merged(7, [STREAMING])], [WEB, STREAMING]),
      /eeeeeee came to main without a pull request/u,
    ],
    [
      "other steps than those of an older comment",
      "other-steps",
      deploy([older(merged(7, [WEB]), OTHER_HASH)], [WEB]),
      /The comment of #7 lists no steps/u,
    ],
    [
      "the same steps as in an older comment at a level that only another pull request had",
      "other-steps",
      deploy(
        [older(merged(8, [WEB]), HASH), merged(7, [change("update", "pool", 3)])],
        [change("update", "web", 3)],
      ),
      /The comment of #8 lists no steps/u,
    ],
    [
      "a deletion whose reviewer saw a successor that will not exist",
      "without-the-rest",
      deploy(
        [merged(7, [change("delete", "old"), change("create", "new")])],
        [change("delete", "old")],
      ),
      /now there is none.*gh workflow run deploy.yml -f steps=1{64}/u,
    ],
    [
      "other steps than those that were accepted by hand",
      "not-accepted",
      { ...same(), accepted: OTHER_HASH },
      /222222222222/u,
    ],
  ])("%s", (_, stop, input, words) => {
    const decision = decide(input);
    expect(decision.stop, decision.says).toBe(stop);
    expect(decision.says).toMatch(words);
  });

  it("a deletion goes on if its successor exists: an earlier deploy has made it", () => {
    const reviewed = [merged(7, [change("delete", "old"), change("create", "new")])];
    const remaining = [change("update", "new").urn];
    expect(decide(deploy(reviewed, [change("delete", "old")], { remaining })).stop).toBeUndefined();
  });

  it("names each step that nobody reviewed, as what it was reviewed instead, and the line that deploys it", () => {
    const pool = change("replace-first", "pool", 3);
    const decision = decide(
      deploy(
        [merged(8, [change("update", "pool", 3)]), merged(7, [WEB, STREAMING])],
        [pool, change("update", "web", 2), STREAMING, change("delete", "assets")],
      ),
    );
    expect(decision).toMatchObject({
      stop: "other-steps",
      steps: [
        "delete and make again `pool` (Deployment); reviewed: update",
        "update `web` (Deployment), level 2 (The old one serves until the new one is ready); reviewed: level 1",
        "delete `assets` (Deployment)",
      ],
    });
    expect(decision.says).toBe(
      `Nobody has reviewed 3 of 4 changes: no preview of #7 and #8 has them in this form. The clouds or the cluster have changed since the previews. Read the preview in the run's summary. To deploy exactly that: \`gh workflow run deploy.yml -f steps=${HASH}\`.`,
    );
  });
});
