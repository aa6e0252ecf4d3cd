import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { MASTODON_VERSION, REHEARSED } from "../../domain/rehearsed.ts";
import { drilledReleases, DRILLED, isBeforeMigrations } from "../../rehearsal/releases.ts";
import { FIXTURE_RELEASE } from "../fixture-release.ts";
import { upgradeFaults } from "../../domain/upgrade.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Files that may contain a release of Mastodon, each with its reason. */
const MAY_NAME_ONE = [
  // A drill's upgrade starts from it.
  "rehearsal/releases.ts",
  // Computes with releases in general, independent of the pinned one.
  "test/config/upgrade.test.ts",
  "test/facts/minors.test.ts",
  "test/layout/releases.test.ts",
  "test/ops/newer-patch.test.ts",
];

const RELEASE = /\bv[45]\.\d+\.\d+/gu;

/** Releases in a file's string literals. Comments may name them as sources. */
function releasesIn(text: string): readonly string[] {
  if (text.search(RELEASE) < 0) return [];
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteral(node) || ts.isTemplateLiteralToken(node))
      found.push(...(node.text.match(RELEASE) ?? []));
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest));
  return found;
}

test("no test and no drill spells a release out: each one is a place to edit at every bump", () => {
  const files = globSync("{test,rehearsal}/**/*.{ts,mjs}", {
    cwd: ROOT,
    exclude: (name) => name === "out",
  }).filter((path) => !MAY_NAME_ONE.includes(path));
  expect(files.length).toBeGreaterThan(200);
  const found = files.flatMap((path) =>
    releasesIn(readFileSync(join(ROOT, path), "utf8")).map((release) => `${path}: ${release}`),
  );
  expect(found).toEqual([]);
});

test.each([
  ['const BEFORE = imagesOf("v4.6.4");', ["v4.6.4"]],
  ["const at = `ghcr.io/x:v4.7.6@${digest}`;", ["v4.7.6"]],
  ["const at = `${repository}:v4.7.6`;", ["v4.7.6"]],
  ["// mastodon/mastodon at v4.6.5\nconst a = 1;", []],
])("the same search over %j finds %j", (code, found) => {
  expect(releasesIn(code)).toEqual(found);
});

describe("a drill's releases", () => {
  const minors = REHEARSED.map(({ mastodon }) => mastodon);

  test("go from a release before the pin to one after it, each a step that a server may take", () => {
    const { before, now, after } = DRILLED;
    expect(now).toBe(MASTODON_VERSION);
    expect(new Set([before, now, after, FIXTURE_RELEASE]).size).toBe(4);
    expect([...upgradeFaults(before, now), ...upgradeFaults(now, after)]).toEqual([]);
    expect([before, now, after].map(isBeforeMigrations)).toEqual([true, false, false]);
  });

  test("begin in the minor before the pin's, where one was rehearsed: that step is the one to fear", () => {
    expect(minors.length).toBeGreaterThan(1);
    expect(upgradeFaults(DRILLED.now, DRILLED.before)).not.toEqual([]);
  });

  test.each([
    ["v4.7.7", ["4.6", "4.7"], "v4.6.9", "v4.7.8"],
    ["v4.8.0", ["4.6", "4.7", "4.8"], "v4.7.0", "v4.8.1"],
    ["v5.0.0", ["4.7", "5.0"], "v4.7.0", "v5.0.1"],
    ["v4.7.6", ["4.7"], "v4.7.0", "v4.7.7"],
  ])("follow a bump to %s by themselves", (now, rehearsed, before, after) => {
    expect(drilledReleases(now, rehearsed)).toEqual({ before, now, after });
  });

  test("of the first release of the only minor there are none, and a sentence says so", () => {
    expect(() => drilledReleases("v4.7.0", ["4.7"])).toThrow(
      "v4.7.0 is the first release of the only minor in REHEARSED (domain/rehearsed.ts), so a drill has nothing to upgrade from. Leave the minor before it there, too.",
    );
  });
});
