import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { IMAGES } from "../../config/images.ts";
import { partsOf } from "../../domain/images.ts";

interface Rule {
  readonly matchDatasources?: readonly string[];
  readonly matchManagers?: readonly string[];
  readonly matchPackageNames?: readonly string[];
  readonly matchUpdateTypes?: readonly string[];
}

const read = (file: string): string =>
  readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");

/** Renovate's settings for one update: each matching rule, in order, over the repository's own. */
function decided(repository: string, updateType: string): Readonly<Record<string, unknown>> {
  const { packageRules, ...own } = JSON.parse(read("renovate.json")) as {
    readonly packageRules: readonly Rule[];
  };
  return packageRules
    .filter(
      (rule) =>
        (rule.matchDatasources?.includes("docker") ?? true) &&
        (rule.matchManagers?.includes("custom.regex") ?? true) &&
        (rule.matchPackageNames?.some((name) => name === repository || name === "*") ?? true) &&
        (rule.matchUpdateTypes?.includes(updateType) ?? true),
    )
    .reduce((config, rule) => ({ ...config, ...rule }), own);
}

const MASTODON = [IMAGES.mastodon, IMAGES.streaming].map((image) => partsOf(image).repository);

describe.each(MASTODON)("Renovate proposes of %s", (repository) => {
  test("patches of the running minor apart from the next minor: with both in one, only the minor came, and was refused", () => {
    for (const type of ["patch", "minor"])
      expect(decided(repository, type)).toMatchObject({
        separateMinorPatch: true,
        groupName: "Mastodon",
      });
  });

  test("a patch at any time and of any age: it closes holes that are public by then", () => {
    expect(decided(repository, "patch")).toMatchObject({
      schedule: ["at any time"],
      minimumReleaseAge: null,
    });
  });

  test("a minor in its turn: it takes a rehearsal", () => {
    expect(decided(repository, "minor")["schedule"]).not.toEqual(["at any time"]);
  });
});

describe("a release that was made an hour ago", () => {
  const renovate = JSON.parse(read("renovate.json")) as {
    readonly packageRules: readonly {
      readonly matchPackageNames?: readonly string[];
      readonly matchManagers?: readonly string[];
      readonly minimumReleaseAge?: string | null;
    }[];
  };

  test("is not proposed: whoever took over a package has been found out by then", () => {
    const waiting = renovate.packageRules
      .filter(({ minimumReleaseAge }) => minimumReleaseAge === "7 days")
      .flatMap(({ matchManagers = [] }) => matchManagers);
    expect(waiting).toEqual(expect.arrayContaining(["npm", "gomod", "github-actions"]));
  });

  test("of Mastodon does not wait: its security releases are used against servers within days", () => {
    expect(
      renovate.packageRules
        .filter(({ matchPackageNames }) => matchPackageNames?.includes("ghcr.io/mastodon/mastodon"))
        .map(({ minimumReleaseAge }) => minimumReleaseAge),
    ).toContain(null);
  });

  test("is not taken by npm either, where a range leaves it the choice", () => {
    expect(read(".npmrc")).toMatch(/^min-release-age=7$/mu);
  });
});
