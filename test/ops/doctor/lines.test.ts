import { describe, expect, test } from "vitest";
import { LINES } from "../../../ops/doctor/all.ts";
import { wordsOf } from "../../../ops/doctor/words.ts";
import { CASES } from "./cases/all.ts";
import { Stage } from "./stage.ts";

/** The sentence of each case, for the golden file. */
const said = new Map<(typeof CASES)[number], string>();

test("every line is made to fail: one that cannot fail checks nothing", () => {
  const failing = new Set(CASES.map(({ line }) => line));
  expect(LINES.map(({ name }) => name).filter((name) => !failing.has(name))).toEqual([]);
});

describe.each(LINES.map(({ name }) => name))("%s", (name) => {
  test("is ok, or does not apply, where nothing is wrong", async () => {
    const stage = await Stage.open();
    const outcome = await stage.outcomeOf(name);
    expect(outcome, outcome.says).toMatchObject({ word: expect.stringMatching(/^(ok|skip)$/u) });
  });

  const own = CASES.filter(({ line }) => line === name);
  test.each(own)("is not ok where $failedBy", async (each) => {
    const { arrange, word = "fix" } = each;
    const stage = await Stage.open();
    await arrange(stage);
    const outcome = await stage.outcomeOf(name);
    expect(outcome, outcome.says).toMatchObject({ word });
    said.set(each, sameEachTime(wordsOf([outcome], 0).split("\n\n")[0]!, stage));
  });
});

test("the words are those that were reviewed (`npx vitest run test/ops/doctor -u`, then read the diff)", async () => {
  // A run of a part of the tests has not all of them.
  if (said.size < CASES.length) return;
  const pages = LINES.map(({ number, name, checks }) =>
    [
      `## ${number} ${name}: ${checks}`,
      ...CASES.filter(({ line }) => line === name).map(
        (each) => `# ${each.failedBy}\n${said.get(each)!.replaceAll(/^/gmu, "| ")}`,
      ),
    ].join("\n\n"),
  );
  await expect(`${pages.join("\n\n")}\n`).toMatchFileSnapshot("../../golden/doctor.txt");
});

/** A text without what differs from run to run: the folder, ports, ids, names, times. */
function sameEachTime(text: string, { cwd }: Stage): string {
  return text
    .replaceAll(cwd, "FOLDER")
    .replaceAll(/off by \d+ s/gu, "off by SECONDS s")
    .replaceAll(/127\.0\.0\.1:\d+/gu, "LOOPBACK")
    .replaceAll(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gu, "ID")
    .replaceAll(/-[0-9a-f]{7}\b/gu, "-NAME")
    .replaceAll(/\d{4}-\d\d-\d\d|\d{8}T\d{6}Z/gu, "TIME");
}
