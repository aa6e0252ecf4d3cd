import { globSync, readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, it, test } from "vitest";
import { IMAGES } from "../../config/images.ts";
import { deployedFacts, partsOf } from "../../domain/images.ts";
import { PROFILES } from "../../config/profiles.ts";
import { POSTGRES_VERSION, VALKEY_VERSION } from "../../config/versions.ts";
import { unrehearsedWords } from "../../domain/rehearsed.ts";
import type { MastodonFacts } from "../../facts/mastodon/facts.ts";
import { factsOf, knownFactsOf, MINORS, REHEARSED_MINORS } from "../../facts/mastodon/minors.ts";
import { minorOf } from "../../facts/minor-of.ts";
import { EVERY_OPTION } from "../config/every-option.ts";

const ALL: readonly MastodonFacts[] = MINORS;

/** Redis version that a Valkey reports (valkey-io/valkey `src/version.h`, REDIS_VERSION). */
const REDIS_OF_VALKEY: Readonly<Record<string, number>> = { "8": 7 };

describe("the files of facts", () => {
  it("are one per minor, and none is forgotten: what lies there unlisted would be read by nobody", () => {
    const files = readdirSync(new URL("../../facts/mastodon/", import.meta.url));
    expect(files.filter((name) => /^\d/u.test(name)).sort()).toEqual(
      ALL.map(({ minor }) => `${minor}.ts`).sort(),
    );
  });

  it("hold the minor that is deployed, and it was rehearsed", () => {
    expect(knownFactsOf(partsOf(IMAGES.mastodon).tag)?.rehearsedWith).toBeDefined();
  });
});

/** String literals of a source file, with any quotes, without its comments. */
function textsIn(path: string): readonly string[] {
  const texts: string[] = [];
  const source = ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest);
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateLiteralToken(node)) texts.push(node.text);
    node.forEachChild(visit);
  };
  visit(source);
  return texts;
}

test("no other file of the product says a release in a text: a bump would leave it standing", () => {
  const files = globSync(["{config,infra,k8s,cdn,ops}/**/*.ts", "*.ts"]).filter(
    (path) => path !== "config/images.ts",
  );
  expect(files.length).toBeGreaterThan(150);
  const said = files.flatMap((path) =>
    textsIn(path)
      .filter((text) =>
        /(?<!From |from |older than )\bMastodon v?\d|\bv\d+\.\d+\.\d+\b/u.test(text),
      )
      .map((text) => `${path}: ${text}`),
  );
  expect(said).toEqual([]);
});

describe.each(ALL)("Mastodon $minor", (facts) => {
  it.each(Object.entries(PROFILES))(
    "has each queue worked by one group of %s",
    (_name, profile) => {
      const worked = profile.sizes.sidekiq.flatMap(({ queues }) => queues as readonly string[]);
      for (const { name, weight } of facts.queues) {
        expect(
          worked.filter((each) => each === name),
          name,
        ).toHaveLength(1);
        expect(weight, name).toBeGreaterThan(0);
      }
    },
  );

  it("gets at least the versions that it asks for", () => {
    const { needs, rehearsedWith } = facts;
    const postgres = [POSTGRES_VERSION, ...(rehearsedWith?.postgres ?? [])];
    const valkey = [VALKEY_VERSION, ...(rehearsedWith?.valkey ?? [])];
    for (const version of postgres) expect(Number(version)).toBeGreaterThanOrEqual(needs.postgres);
    for (const version of valkey)
      expect(REDIS_OF_VALKEY[version]).toBeGreaterThanOrEqual(needs.redis);
  });

  it("says each static path once, folders with a slash, and what is refused before what is kept", () => {
    const begins = facts.staticPaths.map(({ startsWith }) => startsWith);
    expect(new Set(begins).size).toBe(begins.length);
    const classes = facts.staticPaths.map((row) => row.class);
    expect(classes.lastIndexOf("refused")).toBeLessThan(classes.indexOf("hashed"));
    for (const { below } of [facts.machinePaths, facts.publicDocuments])
      for (const path of below) expect(path).toMatch(/^\/.+\/$/u);
  });

  it("keeps no document that members alone may see", () => {
    const { whole, below, forMembers } = facts.publicDocuments;
    expect(whole).not.toContain(forMembers);
    expect(below.filter((path) => forMembers.startsWith(path))).not.toEqual([]);
  });
});

describe("a release of a minor that nobody wrote down", () => {
  const words = `Mastodon v99.1.0 is of 99.1, and there is no facts/mastodon/99.1.ts: its queues, variables and paths would be guessed. Take a release of ${REHEARSED_MINORS}, or write that file`;

  it("is refused in one sentence that names what says it", () => {
    expect(() => factsOf("v99.1.0")).toThrow(`config/images.ts: ${words}.`);
    expect(() => factsOf("v99.1.0", "mastodon:fork.release")).toThrow(
      `mastodon:fork.release: ${words}.`,
    );
    expect(unrehearsedWords("v99.1.0")).toBe(words);
  });

  it("is said by config/images.ts, or by the fork that the stack file names", () => {
    const images = { ...IMAGES, mastodon: IMAGES.mastodon.replace(/:v[^@]+.*/u, ":v99.1.0") };
    expect(() => deployedFacts({}, images)).toThrow(`config/images.ts: ${words}.`);
    const fork = { ...EVERY_OPTION.fork, release: "v99.1.0" };
    expect(() => deployedFacts({ fork })).toThrow(`mastodon:fork.release: ${words}.`);
    expect(deployedFacts({ fork: EVERY_OPTION.fork }, images).minor).toBe(
      minorOf(EVERY_OPTION.fork.release),
    );
  });

  it.each(["v4.6.0", "v4.6.9", "4.6.5-glitch"])("is not %s", (release) => {
    expect(factsOf(release).minor).toBe("4.6");
  });
});
