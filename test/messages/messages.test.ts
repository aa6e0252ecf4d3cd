import { describe, expect, test } from "vitest";
import { TABLES } from "./tables.ts";

/**
 * What each refusal says. Tables have code and key; the words are in `test/golden/messages.txt`, so that a review reads them as prose
 * and rewording one touches no test. After a change that is meant: `npx vitest run test/messages -u`.
 */
describe.each(Object.entries(TABLES))("%s", (_heading, cases) => {
  test.each(cases)(
    "$name is refused as $code of $key, and as nothing else",
    ({ faults, code, key }) => {
      expect(faults().map((fault) => [fault.code, fault.key])).toEqual([[code, key]]);
    },
  );
});

test("the words are those that were reviewed", async () => {
  const pages = Object.entries(TABLES).map(([heading, cases]) =>
    [
      `## ${heading}`,
      ...cases.map(({ name, faults }) => [`# ${name}`, ...faults().map(messageOf)].join("\n")),
    ].join("\n\n"),
  );
  await expect(`${pages.join("\n\n")}\n`).toMatchFileSnapshot("../golden/messages.txt");
});

test("no two cases have one name: the second would hide the first", () => {
  for (const cases of Object.values(TABLES))
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

/** Each line of a message behind a margin, so that the file shows where one begins. */
function messageOf({ message }: { readonly message: string }): string {
  return message.replaceAll(/^/gmu, "| ");
}
