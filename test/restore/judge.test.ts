import { describe, expect, test } from "vitest";
import { fingerprintOf } from "../../config/secret-keys/fingerprints.ts";
import type { Manifest } from "../../domain/backup/manifest.ts";
import { judgeRestore, type RestoreTarget } from "../../ops/restore/judge.ts";
import { MANIFEST } from "../backup/sample.ts";
import { EARLIER_RELEASE, FIXTURE_RELEASE, UNREHEARSED_RELEASE } from "../fixture-release.ts";

/** A dump is refused by its manifest, before a database is made for it. */

const KEY = "activeRecordPrimaryKey";
const OURS = "0123456789abcdefghijklmnopqrstuv";
const GOOD: Manifest = {
  ...MANIFEST,
  fingerprints: { [KEY]: fingerprintOf(MANIFEST.stack, KEY, OURS) },
};
const TARGET: RestoreTarget = {
  config: { domain: MANIFEST.domain },
  version: FIXTURE_RELEASE,
  secrets: { [KEY]: OURS },
};

const judged = (changes: Partial<Manifest>, target: Partial<RestoreTarget> = {}) =>
  judgeRestore({ ...GOOD, ...changes }, { ...TARGET, ...target });

test("a good dump of this server is restored without a word", () => {
  expect(judged({})).toEqual({ refusals: [], doubts: [] });
  expect(judged({ mastodon: EARLIER_RELEASE }).refusals).toEqual([]);
});

const [, minor = 0] = FIXTURE_RELEASE.slice(1).split(".").map(Number);
const ofMinor = (other: number): string => FIXTURE_RELEASE.replace(`.${minor}.`, `.${other}.`);

describe("a dump that can't become this server", () => {
  test.each<[string, Partial<Manifest>, Partial<RestoreTarget>, RegExp]>([
    ["of another domain", { domain: "other.example" }, {}, /is a dump of other\.example, and/u],
    ["of a newer schema", { mastodon: UNREHEARSED_RELEASE }, {}, /newer than the v/u],
    ["of a newer minor", { mastodon: ofMinor(minor + 2) }, {}, /newer than the v/u],
    ["of two minors before", { mastodon: ofMinor(minor - 2) }, {}, /more than one minor version/u],
    ["of another Postgres", { server: "16.4" }, {}, /dumped from Postgres 16\.4/u],
    ["of other keys", {}, { secrets: { [KEY]: `${OURS}x` } }, /written with another mastodon:/u],
    ["of keys that are lost", {}, { secrets: {} }, /than this stack file has, which has none/u],
    [
      "under another stack's name with the same text",
      { stack: "staging" },
      {},
      /written with another mastodon:activeRecordPrimaryKey/u,
    ],
  ])("%s is refused in one sentence", (_what, changes, target, says) => {
    const { refusals } = judged(changes, target);
    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toMatch(says);
  });

  test("of a stack with another name and the same keys is no other server's", () => {
    const fingerprints = { [KEY]: fingerprintOf("old-prod", KEY, OURS) };
    expect(judged({ stack: "old-prod", fingerprints }).refusals).toEqual([]);
  });

  test("no refusal shows a key", () => {
    const { refusals } = judged({}, { secrets: { [KEY]: "another-key-of-the-operator" } });
    expect(refusals.join("\n")).not.toContain("another-key-of-the-operator");
  });
});

describe("what an operator must have read", () => {
  const fresher = (until: string) => ({
    fresher: { until: new Date(until), line: "npm run rebuild -- database --at" },
  });

  test.each<[string, Partial<Manifest>, Partial<RestoreTarget>, RegExp]>([
    ["another collation", { collation: "en_US.UTF-8" }, {}, /collation en_US\.UTF-8, not C/u],
    ["a doubt of the dump's own", { suspicious: ["no-accounts"] }, {}, /no member is in it/u],
    ["a fresher way", {}, fresher("2026-11-28T04:12:00Z"), /data of 3\.2 hours more.*--at/u],
  ])("%s is a doubt, and no refusal", (_what, changes, target, says) => {
    const { refusals, doubts } = judged(changes, target);
    expect(refusals).toEqual([]);
    expect(doubts).toHaveLength(1);
    expect(doubts[0]).toMatch(says);
  });

  test("a way that offers no more than the dump is none", () => {
    expect(judged({}, fresher("2026-11-28T00:30:00Z")).doubts).toEqual([]);
  });
});
