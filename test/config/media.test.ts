import { describe, expect, test } from "vitest";
import { changeFaults } from "../../domain/changes.ts";
import { decidedBy } from "../../domain/decided.ts";
import {
  extraMediaOrigins,
  mediaBucketsOf,
  mediaHostsOfCluster,
  mediaOf,
  spaceOrigin,
} from "../../domain/media.ts";
import { parseConfig } from "../../input/parse.ts";
import type { StackConfig } from "../../config/schema.ts";
import { BASE, refusalOf, withValue } from "./base.ts";

const withMedia = (media: unknown, base: Readonly<Record<string, unknown>> = BASE): StackConfig =>
  parseConfig(withValue(base, "media", media));
const refusalOfMedia = (media: unknown, base: Readonly<Record<string, unknown>> = BASE): string =>
  refusalOf(withValue(base, "media", media));

const ACCOUNT = BASE.cloudflare.accountId;

describe("where media lies, unless somebody says otherwise", () => {
  test("in R2, in a bucket that is called after the domain, as accounts are", () => {
    const config = withMedia(undefined, {
      ...BASE,
      webDomain: "social.example.org",
      cloudflare: {
        ...BASE.cloudflare,
        zone: "example.org",
        apex: "elsewhere",
        advancedCertificate: true,
      },
    });
    expect(mediaOf(config)).toEqual({
      store: "r2",
      bucket: "media-example-social",
      place: "default",
      endpoint: `https://${ACCOUNT}.r2.cloudflarestorage.com`,
      s3Region: "auto",
      hosts: ["media.social.example.org"],
    });
    expect(mediaHostsOfCluster(config)).toEqual([]);
    expect(extraMediaOrigins(config)).toEqual([]);
  });

  test("a jurisdiction's bucket is asked for at its own endpoint: at another one it isn't there", () => {
    expect(mediaOf(withMedia({ jurisdiction: "eu" }))).toMatchObject({
      place: "eu",
      endpoint: `https://${ACCOUNT}.eu.r2.cloudflarestorage.com`,
    });
  });

  test("on Spaces, in the stack's region or the one that is said", () => {
    const here = mediaOf(withMedia({ storage: "spaces" }));
    expect(here).toMatchObject({
      place: "nyc3",
      s3Region: "nyc3",
      endpoint: "https://nyc3.digitaloceanspaces.com",
    });
    expect(spaceOrigin(here!)).toBe("media-example-social.nyc3.digitaloceanspaces.com");
    expect(mediaOf(withMedia({ storage: "spaces", region: "fra1" }))?.place).toBe("fra1");
  });

  test("or nowhere", () => {
    const config = withMedia({ storage: "none" });
    expect([mediaOf(config), mediaBucketsOf(config)]).toEqual([undefined, []]);
  });
});

test("in the weeks of a move both buckets are there, each with its hosts, and pages may load from all of them", () => {
  const config = withMedia({
    storage: "spaces",
    host: "files.example.social",
    otherHosts: ["pictures.example.social"],
    extraHosts: ["cdn.example.org"],
    standby: { storage: "r2", hosts: ["media.example.social"] },
  });
  expect(mediaBucketsOf(config).map(({ store, hosts }) => [store, hosts])).toEqual([
    ["spaces", ["files.example.social", "pictures.example.social"]],
    ["r2", ["media.example.social"]],
  ]);
  expect(mediaHostsOfCluster(config)).toEqual(["files.example.social", "pictures.example.social"]);
  expect(extraMediaOrigins(config)).toEqual([
    "https://pictures.example.social",
    "https://media.example.social",
    "https://cdn.example.org",
  ]);
});

const NYC1 = withValue(BASE, "region", "nyc1");

const FAULTS: readonly (readonly [
  what: string,
  media: unknown,
  base: Readonly<Record<string, unknown>>,
  says: string,
])[] = [
  [
    "a hint for R2 where nothing is in R2",
    { storage: "spaces", location: "weur" },
    BASE,
    'mastodon:media.location: this is a setting of R2, but media.storage is "spaces". Remove it',
  ],
  [
    "a Spaces region without Spaces",
    { region: "fra1" },
    BASE,
    'mastodon:media.region: this is a setting of Spaces, but media.storage is "r2". Remove it',
  ],
  [
    "a region without Spaces",
    { storage: "spaces" },
    NYC1,
    'mastodon:media.region: no Spaces can be made in "nyc1", where the server runs. Set it to the nearest of ams3, atl1, blr1, fra1, lon1, nyc3, sfo2, sfo3, sgp1, syd1, tor1',
  ],
  [
    "the stack's own region, where the provider makes none",
    { storage: "spaces" },
    withValue(BASE, "region", "ric1"),
    'mastodon:media.region: no Spaces can be made in "ric1", where the server runs. Set it to the nearest of ams3, atl1, blr1, fra1, lon1, nyc3, sfo2, sfo3, sgp1, syd1, tor1',
  ],
  [
    "a region of Spaces that the provider doesn't know",
    { storage: "spaces", region: "ric1" },
    BASE,
    'mastodon:media.region is "ric1": expected a region in which Spaces can be made. DigitalOcean may have them in "ric1", but its provider refuses: take one near it, such as "nyc3"',
  ],
  [
    "a standby of the same kind",
    { standby: { storage: "r2" } },
    BASE,
    'mastodon:media.standby.storage: "r2" is where the media is stored already. Set mastodon:media.standby.storage to "spaces", or remove mastodon:media.standby',
  ],
  [
    "one host for two buckets",
    { standby: { storage: "spaces", hosts: ["media.example.social"] } },
    BASE,
    'mastodon:media.standby.hosts: "media.example.social" is named twice among media.host, media.otherHosts and media.standby.hosts, and one host has one answer. Remove it',
  ],
  [
    "a stranger's files on the pages' own host",
    { host: "example.social" },
    BASE,
    'mastodon:media.host: "example.social" is where the server itself answers. Media needs a host of its own: a file that a stranger uploaded must not be of the pages\' origin. Set mastodon:media.host to "media.example.social"',
  ],
  [
    "hosts for no media",
    { storage: "none", otherHosts: ["files.example.social"] },
    BASE,
    'mastodon:media.otherHosts: media.storage is "none", so it has no effect. Remove it',
  ],
  [
    "a bucket's name that is no name",
    { bucket: "Media" },
    BASE,
    'mastodon:media.bucket is "Media": expected 3 to 63 lower-case letters, digits and hyphens, none at its ends, such as "media-example-social"',
  ],
  [
    "a name made of a long domain",
    {},
    {
      ...BASE,
      domain: `${"a".repeat(58)}.social`,
      cloudflare: { ...BASE.cloudflare, zone: "example.social", apex: "elsewhere" },
    },
    `mastodon:media.bucket: the name made of the domain, "media-${"a".repeat(58)}-social", has 71 characters, and a bucket's name has 63 at most. Set mastodon:media.bucket to "media-${"a".repeat(57)}"`,
  ],
];

test.each(FAULTS)("%s is refused, in words", (_what, media, base, says) => {
  expect(refusalOfMedia(media, base)).toBe(
    `The stack's configuration has a fault; nothing was changed:\n  ${says}`,
  );
});

describe("a running server's bucket", () => {
  const faults = (before: unknown, after: unknown): readonly string[] =>
    changeFaults(decidedBy(withMedia(before)), withMedia(after));

  test("is not renamed: the provider of Spaces would keep quiet, that of R2 would make an empty one", () => {
    expect(faults({}, { bucket: "other" })).toEqual([
      'mastodon:media.bucket is "other", but the media lies in the bucket "media-example-social", and a bucket can\'t be renamed: the new one would be empty. Put "media-example-social" back',
    ]);
  });

  test("does not leave its place", () => {
    expect(faults({}, { jurisdiction: "eu" })).toEqual([
      'the media would lie in "eu", but its bucket is in "default" and can\'t leave it: mastodon:media.jurisdiction (R2) and mastodon:media.region (Spaces) say where. Put them back as they were; to move, docs/media.md',
    ]);
    expect(faults({ storage: "spaces" }, { storage: "spaces", region: "fra1" })).toHaveLength(1);
  });

  test("is not left behind by a move that copies nothing", () => {
    for (const storage of ["spaces", "none"])
      expect(faults({}, { storage })).toEqual([
        `mastodon:media.storage is "${storage}", but the media lies in "r2", and no page would find it any more. Put "r2" back; to move, keep that bucket as mastodon:media.standby and go the way of docs/media.md`,
      ]);
  });

  test("changes places with its copy in one update, under the same host, when it is gone", () => {
    expect(
      faults(
        { standby: { storage: "spaces", copy: "nightly" } },
        { storage: "spaces", standby: { storage: "r2" } },
      ),
    ).toEqual([]);
  });

  test("may get a second one beside it, change places with it, and then go", () => {
    expect(faults({}, { standby: { storage: "spaces" } })).toEqual([]);
    expect(
      faults(
        { standby: { storage: "spaces" } },
        {
          storage: "spaces",
          host: "files.example.social",
          standby: { storage: "r2", hosts: ["media.example.social"] },
        },
      ),
    ).toEqual([]);
    expect(
      faults(
        { storage: "spaces", host: "files.example.social", standby: { storage: "r2" } },
        { storage: "spaces", host: "files.example.social" },
      ),
    ).toEqual([]);
    expect(faults({ storage: "none" }, {})).toEqual([]);
  });
});
