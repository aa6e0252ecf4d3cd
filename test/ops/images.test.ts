import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readFileSync } from "node:fs";
import { IMAGES } from "../../config/images.ts";
import { partsOf, unpinnedImages, unpinnedWarning } from "../../domain/images.ts";
import { POSTGRES_VERSION, VALKEY_VERSION } from "../../config/versions.ts";
import { combinationFor, MASTODON_VERSION } from "../../domain/rehearsed.ts";
import { moved, resolveAll, tableOf, withDigests } from "../../ops/images/pin.ts";
import { resolveDigest } from "../../ops/images/registry.ts";
import { freePorts } from "../../rehearsal/kubernetes/ports.ts";
import { digestOf, indexOf, OCI_INDEX, startRegistry, type Registry } from "./registry.ts";
import { UNREHEARSED_RELEASE } from "../fixture-release.ts";

const QUICK = { firstWaitMs: 1 };
const BOTH = indexOf("linux/arm64", "linux/amd64");

let registry: Registry;
let image: string;
beforeEach(async () => {
  registry = await startRegistry();
  image = `${registry.host}/mastodon/mastodon:v1`;
});
afterEach(async () => await registry.stop());

describe("a tag is resolved", () => {
  test("with a token that anybody gets, to the digest of the bytes that were sent", async () => {
    registry.serve("mastodon/mastodon", "v1", { body: BOTH, type: OCI_INDEX });
    expect(await resolveDigest(image, QUICK)).toBe(digestOf(BOTH));
    expect(registry.asked).toEqual([
      "GET /v2/mastodon/mastodon/manifests/v1",
      "GET /token?service=test&scope=repository%3Amastodon%2Fmastodon%3Apull",
      "GET /v2/mastodon/mastodon/manifests/v1",
    ]);
  });

  test("also where the registry names no digest itself, and whatever digest it was pinned to", async () => {
    registry.serve("mastodon/mastodon", "v1", { body: BOTH, type: OCI_INDEX, digest: null });
    const pinned = `${image}@sha256:${"a".repeat(64)}`;
    expect(await resolveDigest(pinned, QUICK)).toBe(digestOf(BOTH));
  });

  test.each([429, 500, 503])("after a registry has answered %d a few times", async (status) => {
    registry.serve("mastodon/mastodon", "v1", { body: BOTH, type: OCI_INDEX });
    registry.busy(2, status);
    expect(await resolveDigest(image, QUICK)).toBe(digestOf(BOTH));
  });
});

describe("nothing is pinned, and a sentence says why,", () => {
  test.each([
    [
      "when the tag is not there",
      undefined,
      /mastodon:v1: the registry knows no such tag\. Look at its tags, and mend config\/images\.ts\.$/u,
    ],
    [
      "when the bytes are not those of the digest that is named",
      { body: BOTH, type: OCI_INDEX, digest: `sha256:${"b".repeat(64)}` },
      /the registry says sha256:b{64}, but what it sent is sha256:[0-9a-f]{64}\. Something on the way changes it; nothing was pinned\.$/u,
    ],
    [
      "when it is an image of one architecture",
      { body: "{}", type: "application/vnd.docker.distribution.manifest.v2+json" },
      /it is an image of one architecture alone \(application\/vnd\.docker\.distribution\.manifest\.v2\+json\)/u,
    ],
    [
      "when no node could run it",
      { body: indexOf("linux/arm64", "windows/amd64"), type: OCI_INDEX },
      /it has no image for linux\/amd64, which the nodes are\. Take another tag\.$/u,
    ],
    [
      "when it is no registry",
      { body: "<html>", type: OCI_INDEX },
      /is no JSON; is it a registry\?$/u,
    ],
  ])("%s", async (_when, content, sentence) => {
    if (content !== undefined) registry.serve("mastodon/mastodon", "v1", content);
    await expect(resolveDigest(image, QUICK)).rejects.toThrow(sentence);
  });

  test("when the registry stays busy, after four tries", async () => {
    registry.busy(99, 503);
    await expect(resolveDigest(image, QUICK)).rejects.toThrow(/answers 503/u);
    expect(registry.asked).toHaveLength(4);
  });

  test("when the registry is not there", async () => {
    const [port] = await freePorts(1);
    await expect(resolveDigest(`127.0.0.1:${port}/mastodon:v1`, QUICK)).rejects.toThrow(
      /127\.0\.0\.1:\d+ can't be reached \(ECONNREFUSED\)\. Check the network and run it again\.$/u,
    );
  });

  test("and of several images none is, if one can't be", async () => {
    const resolve = (one: string): Promise<string> =>
      one === "a" ? Promise.resolve("sha256:1") : Promise.reject(new Error(`${one}: gone`));
    await expect(resolveAll(["a", "b", "c"], resolve)).rejects.toThrow(
      "Nothing was written:\n  b: gone\n  c: gone",
    );
  });
});

describe("config/images.ts", () => {
  const file = readFileSync(new URL("../../config/images.ts", import.meta.url), "utf8");
  const pinned = Object.values(IMAGES).map((each, at) => ({
    image: each,
    before: partsOf(each).digest,
    now: `sha256:${String(at).repeat(64).slice(0, 64)}`,
  }));

  test("gets the digests behind its tags and stays what it is otherwise; a second time nothing changes", () => {
    const once = withDigests(file, pinned);
    for (const { image: each, now } of pinned) {
      const { repository, tag } = partsOf(each);
      expect(once).toContain(`"${repository}:${tag}@${now}"`);
    }
    const bare = (text: string): string => text.replaceAll(/@sha256:[0-9a-f]{64}/gu, "");
    expect(bare(once)).toBe(bare(file));
    const again = pinned.map(({ image: each, now }) => {
      const { repository, tag } = partsOf(each);
      return { image: `${repository}:${tag}@${now}`, before: now, now };
    });
    expect(withDigests(once, again)).toBe(once);
    expect(moved(again)).toEqual([]);
    expect(tableOf(again)).toContain("as before");
  });

  test("holds main and streaming image of one release: two of them have never met", () => {
    expect(partsOf(IMAGES.streaming).tag).toBe(partsOf(IMAGES.mastodon).tag);
  });

  test("names what was rehearsed together, and nothing else", () => {
    const { postgres, valkey } = combinationFor(MASTODON_VERSION);
    expect(postgres).toContain(POSTGRES_VERSION);
    expect(valkey).toContain(VALKEY_VERSION);
    expect(() => combinationFor(UNREHEARSED_RELEASE)).toThrow("there is no facts/mastodon/");
  });

  test("says what to run before a deploy while an image is named by a tag alone", () => {
    const digest = `@sha256:${"a".repeat(64)}`;
    expect(unpinnedImages([`ghcr.io/a/b:1${digest}`, "ghcr.io/a/c:2"])).toEqual(["ghcr.io/a/c:2"]);
    expect(unpinnedWarning([`ghcr.io/a/b:1${digest}`])).toBeUndefined();
    expect(unpinnedWarning(["ghcr.io/a/c:2"])).toBe(
      "An image is named by a tag alone: whoever owns the tag decides what runs, with every key of this server:\n  ghcr.io/a/c:2\nBefore you deploy, run `npm run images -- pin` and commit config/images.ts.",
    );
  });

  test.each(["mastodon/mastodon:v1", "ghcr.io/mastodon/mastodon", "ghcr.io/a/b:1@sha256:abc", ""])(
    "%j is no image's name",
    (name) => {
      expect(() => partsOf(name)).toThrow(`"${name}" names no image: it takes a registry`);
    },
  );

  test("is read by Renovate line by line, with tag and digest in their places", () => {
    const { customManagers } = JSON.parse(
      readFileSync(new URL("../../renovate.json", import.meta.url), "utf8"),
    ) as { customManagers: { managerFilePatterns: string[]; matchStrings: string[] }[] };
    const manager = customManagers.find(({ managerFilePatterns }) =>
      managerFilePatterns.includes("config/images.ts"),
    );
    const found = (manager?.matchStrings ?? []).flatMap((pattern) => [
      ...file.matchAll(new RegExp(pattern, "gu")),
    ]);
    expect(found.map(({ groups }) => ({ ...groups }))).toEqual(
      Object.values(IMAGES).map((each) => {
        const { repository, tag, digest } = partsOf(each);
        return { depName: repository, currentValue: tag, currentDigest: digest };
      }),
    );
    // Renovate's regular expressions are RE2's, which have neither lookahead nor lookbehind.
    for (const pattern of manager?.matchStrings ?? [])
      expect(pattern).not.toMatch(/\(\?[=!]|\(\?<[=!]/u);
  });
});
