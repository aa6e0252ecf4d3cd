import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { IMAGES, type Images } from "../../config/images.ts";
import { isSameImage } from "../../domain/images.ts";
import { FIRST_RELEASE, releaseAfter, releasedBy } from "../../domain/release.ts";
import { MASTODON_VERSION } from "../../domain/rehearsed.ts";

const REPOSITORIES = ["ghcr.io/mastodon/mastodon", "ghcr.io/example/fork"];
const image = fc
  .tuple(fc.constantFrom(...REPOSITORIES), fc.nat(3), fc.constantFrom("", "a", "b"))
  .map(
    ([repository, patch, digest]) =>
      `${repository}:v1.0.${patch}${digest === "" ? "" : `@sha256:${digest.repeat(64)}`}`,
  );
const withImage = (mastodon: string): Images => ({ ...IMAGES, mastodon });

/** Releases of one stack with these images, with one successful update each. */
function through(images: readonly string[]) {
  let release = { ...FIRST_RELEASE, images: withImage(images[0]!) };
  const all = [release];
  for (const each of images.slice(1)) {
    release = releaseAfter(releasedBy(release), withImage(each)) as typeof release;
    all.push(release);
  }
  return all;
}

test("a new server serves no other release's files", () => {
  expect(releaseAfter(undefined, IMAGES)).toEqual({ images: IMAGES, previousImage: undefined });
  expect(releasedBy(FIRST_RELEASE)).toEqual({
    mastodonVersion: MASTODON_VERSION,
    mastodonImage: IMAGES.mastodon,
  });
});

test("an update with nothing new keeps the old files: without that the second one would take them from pages that are still open", () => {
  fc.assert(
    fc.property(fc.array(image, { minLength: 1, maxLength: 6 }), (images) => {
      const once = through(images).at(-1)!;
      const twice = through([...images, images.at(-1)!]).at(-1)!;
      expect(twice).toEqual(once);
    }),
  );
});

test("what served before another image is what is kept, a fork's, and on a way back, too", () => {
  fc.assert(
    fc.property(fc.array(image, { minLength: 1, maxLength: 6 }), image, (images, next) => {
      fc.pre(!isSameImage(images.at(-1)!, next));
      expect(through([...images, next]).at(-1)!.previousImage).toBe(images.at(-1)!);
    }),
  );
});

test("the release that is deployed is never its own predecessor: its files would be copied twice", () => {
  fc.assert(
    fc.property(fc.array(image, { minLength: 1, maxLength: 6 }), (images) => {
      const { images: deployed, previousImage } = through(images).at(-1)!;
      expect(previousImage === deployed.mastodon).toBe(false);
    }),
    // A digest, another, none, and the first again: rare in random sequences.
    {
      examples: [
        [
          ["a", "b", "", "a"].map(
            (digest) => `x.org/y:v1.0.5${digest && `@sha256:${digest.repeat(64)}`}`,
          ),
        ],
      ],
    },
  );
});

describe("the digest of a tag that runs", () => {
  const [tag, digest] = ["ghcr.io/mastodon/mastodon:v1.0.5", `@sha256:${"a".repeat(64)}`];
  test.each([
    ["added is no upgrade", tag, `${tag}${digest}`, true],
    ["that is another one is", `${tag}${digest}`, `${tag}@sha256:${"b".repeat(64)}`, false],
    ["of another repository is", tag, "ghcr.io/example/fork:v1.0.5", false],
    ["of another tag is", tag, "ghcr.io/mastodon/mastodon:v1.0.4", false],
  ])("%s", (_what, one, other, same) => {
    expect(isSameImage(one, other)).toBe(same);
    expect(isSameImage(other, one)).toBe(same);
  });
});
