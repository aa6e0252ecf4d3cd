import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const index = readFileSync(`${ROOT}docs/index.md`, "utf8");
const { scripts } = JSON.parse(readFileSync(`${ROOT}package.json`, "utf8")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

test("docs/index.md has a line for every page: one that is not there is never found", () => {
  const pages = globSync("*.md", { cwd: `${ROOT}docs` }).filter((page) => page !== "index.md");
  expect(pages.filter((page) => !index.includes(`](${page})`))).toEqual([]);
});

test("docs/index.md has every command of package.json, and no other", () => {
  const named = [...index.matchAll(/npm (?:run )?([\w:-]+)/gu)].map(([, name]) => name!);
  const wanted = Object.keys(scripts);
  expect(wanted.filter((script) => !named.includes(script))).toEqual([]);
  expect(
    named.filter((name) => name !== "ci" && name !== "NAME" && !wanted.includes(name)),
  ).toEqual([]);
});
