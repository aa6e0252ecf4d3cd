import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

/**
 * Parts of `docs/style.md` that can be measured. Ceilings are counts of what older text still has:
 * they may fall, and never rise. A folder or page without a ceiling has none of it.
 */

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const WIDTH = 100;

/** Doc comments that open with a clause instead of the thing, by folder; "." is the root. */
const OPENINGS: Readonly<Record<string, number>> = {
  infra: 1,
  ops: 6,
  rehearsal: 174,
  test: 58,
};

/** Comment lines wider than 100 columns, by folder. */
const WIDE_COMMENTS: Readonly<Record<string, number>> = {
  cdn: 4,
  infra: 6,
  ops: 40,
  rehearsal: 222,
  test: 30,
};

/** Lines of prose wider than 100 columns, by page. */
const WIDE_PROSE: Readonly<Record<string, number>> = {
  "docs/operate.md": 60,
  "docs/runbook.md": 30,
};

/** Counts how often a doc comment opens with What, Who, Where, How or Which. */
function openingsIn(text: string): number {
  const banned = /^[ \t]*\/\*\*[\s*]*(?:What|Who|Whose|Whom|Whoever|Whatever|Where|How|Which)\b/gmu;
  return text.match(banned)?.length ?? 0;
}

/** Counts comment lines that are too wide. A line with an address can't be broken. */
function wideCommentsIn(text: string): number {
  return tooWide(text.split("\n").filter((line) => /^\s*(?:\/\/|\/\*\*|\*)/u.test(line))).length;
}

/**
 * Lines of prose that are too wide: no table, no code, no line with a command that can't be broken.
 */
function wideProseIn(text: string): readonly string[] {
  return tooWide(
    text
      .replaceAll(/^ *```[^]*?^ *```/gmu, "")
      .split("\n")
      .filter((line) => !/^\||^<!--|`[^`]{60,}`/u.test(line)),
  );
}

function tooWide(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.length > WIDTH && !/https?:\/\/\S/u.test(line));
}

const sources = globSync("**/*.{ts,js,mjs}", {
  cwd: ROOT,
  exclude: (name) => ["node_modules", ".git", "out"].includes(name),
}).map((path) => ({
  folder: path.includes("/") ? path.slice(0, path.indexOf("/")) : ".",
  text: readFileSync(join(ROOT, path), "utf8"),
}));

/** The sum of a count over the files of each folder; folders with none are left out. */
function perFolder(count: (text: string) => number): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const { folder, text } of sources) {
    const found = count(text);
    if (found > 0) sums.set(folder, (sums.get(folder) ?? 0) + found);
  }
  return sums;
}

/** A sentence for each count above its ceiling. */
function above(
  counts: ReadonlyMap<string, number>,
  ceilings: Readonly<Record<string, number>>,
): readonly string[] {
  return [...counts]
    .filter(([where, count]) => count > (ceilings[where] ?? 0))
    .map(([where, count]) => `${where} has ${count}, and may have ${ceilings[where] ?? 0}`);
}

describe("prose that a newcomer reads twice", () => {
  test("no folder gets more doc comments that open with a clause (docs/style.md, rule 1)", () => {
    expect(above(perFolder(openingsIn), OPENINGS)).toEqual([]);
  });

  test("no folder gets more comment lines over 100 columns (docs/style.md, rule 13)", () => {
    expect(above(perFolder(wideCommentsIn), WIDE_COMMENTS)).toEqual([]);
  });

  test("no page gets more lines over 100 columns (docs/style.md, rule 13)", () => {
    // An entry of the changelog is one line.
    const pages = globSync(["*.md", "docs/**/*.md", "examples/*.md"], { cwd: ROOT }).filter(
      (page) => page !== "CHANGELOG.md",
    );
    expect(pages.length).toBeGreaterThan(30);
    const counts = new Map(
      pages.map((page) => [page, wideProseIn(readFileSync(join(ROOT, page), "utf8")).length]),
    );
    expect(above(counts, WIDE_PROSE)).toEqual([]);
  });
});

describe("the measures see what they are for", () => {
  const wide = "word ".repeat(25);

  test.each([
    ["/** What web needs. */", 1],
    ["  /**\n   * Where it is.\n   */", 1],
    ["/** Whether it runs. */", 0],
    ["/** A thing. What it does. */", 0],
    ["/* What */ // What", 0],
  ])("of the openings in %j: %i", (text, count) => {
    expect(openingsIn(text)).toBe(count);
  });

  test.each([
    [`// ${wide}`, 1],
    [`const a = "${wide}";`, 0],
    [`// ${wide} https://example.org/a`, 0],
  ])("of the wide comments in %j: %i", (text, count) => {
    expect(wideCommentsIn(text)).toBe(count);
  });

  test.each([
    [wide, 1],
    [`| ${wide} |`, 0],
    ["```\n" + wide + "\n```", 0],
    ["   ```sh\n   " + wide + "\n   ```", 0],
    [`Run \`${wide}\`.`, 0],
  ])("of the wide lines in %j: %i", (text, count) => {
    expect(wideProseIn(text)).toHaveLength(count);
  });

  test("a count above its ceiling is told, one below is not", () => {
    const counts = new Map([["a", 2] as const, ["b", 1] as const, ["c", 1] as const]);
    expect(above(counts, { a: 1, b: 1 })).toEqual([
      "a has 2, and may have 1",
      "c has 1, and may have 0",
    ]);
  });
});
