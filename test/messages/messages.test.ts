import { describe, expect, test } from "vitest";
import { TABLES } from "./tables/all.ts";

/**
 * Text of each refusal. Tables have code and key. The texts are in `test/golden/messages.txt`, so
 * that a review reads them as prose, and a new wording changes no test. After an intended change:
 * `npx vitest run test/messages -u`.
 */
describe.each(Object.entries(TABLES))("%s", (_heading, cases) => {
  test.each(cases)("$name is refused as $told, and as nothing else", ({ faults, told }) => {
    expect(faults().map(({ code, key }) => [code, key])).toEqual(told);
  });
});

test("the words are those that were reviewed (`npx vitest run test/messages -u`, then read the diff)", async () => {
  const pages = Object.entries(TABLES).map(([heading, cases]) =>
    [
      `## ${heading}`,
      ...cases.map(({ name, message }) => `# ${name}\n${behindAMargin(message())}`),
    ].join("\n\n"),
  );
  await expect(`${pages.join("\n\n")}\n`).toMatchFileSnapshot("../golden/messages.txt");
});

test("no two cases have one name: the second would hide the first", () => {
  for (const cases of Object.values(TABLES))
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
});

/** Margin that shows where a message begins and ends. */
function behindAMargin(message: string): string {
  return message.replaceAll(/^/gmu, "| ");
}
