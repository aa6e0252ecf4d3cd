import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { PARTS } from "../../ops/rebuild/night.ts";

/** `docs/bad-night.md` is read at night, on a phone. */

const page = readFileSync(new URL("../../docs/bad-night.md", import.meta.url), "utf8");
const lines = page.trimEnd().split("\n");

test("it is one page: a tired person does not scroll for the line to type", () => {
  expect(lines.length).toBeLessThanOrEqual(60);
});

test("each line fits a phone, and no table scrolls sideways", () => {
  // 420 px hold some 52 columns of a fixed font.
  const shown = lines.filter((line) => !line.startsWith("<!--"));
  expect(shown.filter((line) => line.length > 52 || line.startsWith("|"))).toEqual([]);
});

test("each line to type is a part of the command: another one would end in an error", () => {
  const parts = [...page.matchAll(/npm run rebuild -- (\w+)/gu)].map(([, part]) => part);
  expect(parts.length).toBeGreaterThan(4);
  expect(parts.filter((part) => !PARTS.some((each) => each === part))).toEqual([]);
});
