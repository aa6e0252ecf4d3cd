import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type Comment, commentsIn } from "./comments.ts";
import {
  longSentencesOf,
  opensWithClause,
  privateWordsOf,
  wideLinesOf,
  wideProseIn,
} from "./prose-measures.ts";

/** Parts of `docs/style.md` that can be measured, over every source file and page. */

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const sources = globSync("**/*.{ts,js,mjs}", {
  cwd: ROOT,
  exclude: (name) => ["node_modules", ".git", "out"].includes(name),
}).map((path) => ({
  path,
  comments: commentsIn(readFileSync(join(ROOT, path), "utf8")),
}));

/** A measure's findings: file, line and the text. */
function findings(measure: (comment: Comment) => readonly string[]): readonly string[] {
  return sources.flatMap(({ path, comments }) =>
    comments.flatMap((comment) =>
      measure(comment).map((text) => `${path}:${comment.line} ${text.trim()}`),
    ),
  );
}

describe("prose that a newcomer reads twice", () => {
  test("no doc comment opens with a clause (docs/style.md, rule 1)", () => {
    expect(findings((each) => (opensWithClause(each) ? [each.text] : []))).toEqual([]);
  });

  test("no comment has words of our own (docs/style.md, rule 3)", () => {
    expect(findings(privateWordsOf)).toEqual([]);
  });

  test("no sentence of a comment is over 25 words (docs/style.md, rule 5)", () => {
    expect(findings(longSentencesOf)).toEqual([]);
  });

  test("no comment line is over 100 columns (docs/style.md, rule 13)", () => {
    expect(findings(wideLinesOf)).toEqual([]);
  });

  test("no page has lines over 100 columns (docs/style.md, rule 13)", () => {
    // An entry of the changelog is one line.
    const pages = globSync(["*.md", "docs/**/*.md", "examples/*.md", "rehearsal/*.md"], {
      cwd: ROOT,
    }).filter((page) => page !== "CHANGELOG.md");
    expect(pages.length).toBeGreaterThan(30);
    const wide = pages.flatMap((page) =>
      wideProseIn(readFileSync(join(ROOT, page), "utf8")).map((line) => `${page}: ${line}`),
    );
    expect(wide).toEqual([]);
  });
});

describe("the measures see what they are for", () => {
  const wide = "word ".repeat(25);
  const count = (source: string, measure: (comment: Comment) => readonly string[]): number =>
    commentsIn(source).flatMap(measure).length;

  test.each([
    ["/** a */ const b = 1; // c", ["a", "c"]],
    ["// a\n  // b\n\n// c", ["a\nb", "c"]],
    ["/**\n * a\n * b\n */", ["a\nb"]],
    ["const a = '// b';", []],
    ["const a = `${b} // c`; // d", ["d"]],
    ["const a = `${{ b: `/* ${c} */` }} /* d */`; /* e */", ["e"]],
    ["const a = /[/*]/u; // b", ["b"]],
    ["const a = b / c; // d / e", ["d / e"]],
  ])("of the comments in %j", (source, texts) => {
    expect(commentsIn(source).map(({ text }) => text.trim())).toEqual(texts);
  });

  test.each([
    ["/** What web needs. */", 1],
    ["  /**\n   * Where it is.\n   */", 1],
    ["/** Whether it runs. */", 0],
    ["/** A thing. What it does. */", 0],
    ["/* What */ // What", 0],
    ['const a = "/** What */";', 0],
  ])("of the openings in %j: %i", (source, expected) => {
    expect(commentsIn(source).filter(opensWithClause)).toHaveLength(expected);
  });

  test.each([
    ["// It runs for ever.", 1],
    ["// Left out, it is\n// left out by itself.", 2],
    ["/** A sum. Pure. */", 1],
    ["// The option `for ever`.", 0],
    ["// Elsewhere, whatsoever.", 0],
  ])("of the private words in %j: %i", (source, expected) => {
    expect(count(source, privateWordsOf)).toBe(expected);
  });

  test.each([
    [`// ${"word ".repeat(26)}.`, 1],
    [`// ${"word ".repeat(13)}\n// ${"word ".repeat(13)}.`, 1],
    [`// ${"word ".repeat(20)}. ${"Word ".repeat(20)}.`, 0],
    [`// \`${"word ".repeat(26)}\` is one word.`, 0],
    [`// ${"word ".repeat(20)} (https://example.org/a). ${"Word ".repeat(20)}.`, 0],
  ])("of the long sentences in %j: %i", (source, expected) => {
    expect(count(source, longSentencesOf)).toBe(expected);
  });

  test.each([
    [`// ${wide}`, 1],
    [`const a = 1; // ${wide}`, 1],
    [`const a = "${wide}";`, 0],
    [`const a = "// ${wide}";`, 0],
    [`// ${wide} https://example.org/a`, 0],
  ])("of the wide comments in %j: %i", (source, expected) => {
    expect(count(source, wideLinesOf)).toBe(expected);
  });

  test.each([
    [wide, 1],
    [`| ${wide} |`, 0],
    ["```\n" + wide + "\n```", 0],
    ["   ```sh\n   " + wide + "\n   ```", 0],
    [`Run \`${wide}\`.`, 0],
  ])("of the wide lines in %j: %i", (page, expected) => {
    expect(wideProseIn(page)).toHaveLength(expected);
  });
});
