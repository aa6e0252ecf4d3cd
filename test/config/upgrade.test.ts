import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { mixedFaults, upgradeFaults } from "../../domain/upgrade.ts";

const version = fc
  .tuple(fc.integer({ min: 3, max: 6 }), fc.nat(9), fc.nat(20))
  .map(([major, minor, patch]) => ({ major, minor, patch, text: `v${major}.${minor}.${patch}` }));

describe("a release that a running server can't go to is refused in these words", () => {
  test.each([
    [
      "v4.6.5",
      "v4.5.9",
      "Mastodon v4.5.9 is older than v4.6.5, which runs here: its code does not know the database any more. Put v4.6.5 back in config/images.ts, or a later patch of 4.6; to go back for good, restore a backup from before the upgrade into a stack of the old version",
    ],
    [
      "v4.4.1",
      "v4.6.5",
      "Mastodon v4.6.5 is more than one minor version after v4.4.1, which runs here: each version's migrations expect the one before. Go to the last patch of v4.5 first, then on from there",
    ],
    [
      "v4.6.5",
      "v5.1.0",
      "Mastodon v5.1.0 is more than one minor version after v4.6.5, which runs here: each version's migrations expect the one before. Go to the last patch of v4.7 first, then on from there",
    ],
  ])("%s to %s", (running, wanted, says) => {
    expect(upgradeFaults(running, wanted)).toEqual([says]);
  });
});

test.each([
  [undefined, "v4.6.5"],
  ["v4.6.5", "v4.6.5"],
  ["v4.6.5", "v4.6.4"],
  ["v4.5.9", "v4.6.0"],
  ["v4.6.5", "v5.0.0"],
])("%s to %s is a way that is gone every day", (running, wanted) => {
  expect(upgradeFaults(running, wanted)).toEqual([]);
});

test("of two different minor versions at most one direction is open: a way back never is", () => {
  fc.assert(
    fc.property(version, version, (one, other) => {
      fc.pre(one.major !== other.major || one.minor !== other.minor);
      const open = [
        upgradeFaults(one.text, other.text),
        upgradeFaults(other.text, one.text),
      ].filter((faults) => faults.length === 0);
      expect(open.length).toBeLessThanOrEqual(1);
    }),
  );
});

test.each([
  ["v4.7.7", "v4.6.9", 1],
  ["v4.7.7", "v4.7.6", 0],
  ["v4.7.7", "main", 0],
])("web %s beside streaming %s: streaming reads its own release's columns", (web, other, count) => {
  const faults = mixedFaults(web, other, "config/images.ts");
  expect(faults).toHaveLength(count);
  for (const fault of faults)
    expect(fault).toBe(
      "config/images.ts names Mastodon v4.7.7 for web and v4.6.9 for streaming: both are released together, and streaming reads the database of its own release. Give both the same tag",
    );
});
