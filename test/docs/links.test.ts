import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const pages = globSync(["*.md", "docs/**/*.md", "examples/*.md", "rehearsal/*.md"], { cwd: ROOT });
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** Anchor of a heading, in GitHub's form. */
function anchorOf(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .replaceAll(" ", "-");
}

/** Links of a page to files of this project, outside code. */
function linksOf(path: string): readonly string[] {
  const prose = read(path).replaceAll(/```[^]*?```/gu, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/gu)]
    .map(([, to]) => to!)
    .filter((to) => !/^[a-z]+:/u.test(to));
}

test.each(pages)("%s links to nothing that is not there", (page) => {
  const dead = linksOf(page).filter((to) => {
    const [file = "", anchor] = to.split("#");
    const path = file === "" ? page : join(dirname(page), file);
    if (!existsSync(join(ROOT, path))) return true;
    if (anchor === undefined) return false;
    const headings = [...read(path).matchAll(/^#+ (.+)$/gmu)].map(([, text]) => anchorOf(text!));
    return !headings.includes(anchor);
  });
  expect(dead).toEqual([]);
});

test("the search for links finds some", () => {
  expect(pages.flatMap(linksOf).length).toBeGreaterThan(50);
});
