import { expect, test } from "vitest";
import { IMAGES, type Images } from "../../config/images.ts";
import { parseConfig } from "../../input/parse.ts";
import { versionFaults } from "../../input/rules/versions.ts";
import { REHEARSED, unrehearsedWords } from "../../domain/rehearsed.ts";
import { UNREHEARSED_RELEASE } from "../fixture-release.ts";
import { BASE } from "./base.ts";

const { cluster } = parseConfig(BASE);

function imagesOf(release: string): Images {
  return { ...IMAGES, mastodon: `ghcr.io/mastodon/mastodon:${release}` };
}

test("a minor that was never rehearsed is a fault of config/images.ts, where there is no fork: its reader has no key fork.release", () => {
  expect(versionFaults({ cluster, fork: undefined }, imagesOf(UNREHEARSED_RELEASE))).toEqual([
    {
      file: "config/images.ts",
      says: unrehearsedWords(UNREHEARSED_RELEASE),
    },
  ]);
});

test.each(REHEARSED)("the images of a rehearsed minor are accepted: $mastodon", ({ mastodon }) => {
  expect(versionFaults({ cluster, fork: undefined }, imagesOf(`v${mastodon}.0`))).toEqual([]);
});
