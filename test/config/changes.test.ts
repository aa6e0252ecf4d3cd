import { describe, expect, test } from "vitest";
import { changeFaults, changeRefusals } from "../../domain/changes.ts";
import { decidedBy } from "../../domain/decided.ts";
import { cured } from "../../domain/fault.ts";
import { parseConfig } from "../../input/parse.ts";
import { BASE, withValue } from "./base.ts";
import { withRestore } from "./every-option.ts";

const LARGE = withValue(
  withValue(BASE, "postgres.size", "db-s-6vcpu-16gb"),
  "postgres.storageGib",
  500,
);
const running = decidedBy(parseConfig(withValue(LARGE, "valkey.size", "db-s-4vcpu-8gb")));

const CHANGES: readonly (readonly [path: string, value: unknown, says: string])[] = [
  [
    "domain",
    "fediverse.example.social",
    'mastodon:domain is "fediverse.example.social", but this server\'s accounts end in "example.social" and can never end in anything else: other servers know them by it. Put "example.social" back; a server of another name is another stack',
  ],
  [
    "region",
    "fra1",
    'mastodon:region is "fra1", but the server runs in "nyc3". In a new region every resource is a new one, the databases with their data, too. Put "nyc3" back; to move with the data of a dump: npm run rebuild -- region --to fra1',
  ],
  [
    "cluster.highAvailability",
    false,
    "mastodon:cluster.highAvailability is false, but the cluster has a second control plane, and DigitalOcean never takes it away. Put true back; to save its $40.00 a month, rebuild the cluster",
  ],
  [
    "postgres.size",
    "db-s-4vcpu-8gb",
    'mastodon:postgres.size is "db-s-4vcpu-8gb", but it runs on "db-s-6vcpu-16gb", and DigitalOcean makes no database smaller. Put "db-s-6vcpu-16gb" back, or a larger one',
  ],
  [
    "valkey.size",
    "db-s-2vcpu-4gb",
    'mastodon:valkey.size is "db-s-2vcpu-4gb", but it runs on "db-s-4vcpu-8gb", and DigitalOcean makes no database smaller. Put "db-s-4vcpu-8gb" back, or a larger one',
  ],
  [
    "postgres.storageGib",
    490,
    "mastodon:postgres.storageGib is 490, but the disk has 500 GiB, and a disk can't shrink. Put 500 back, or more",
  ],
  [
    "postgres.storageGib",
    600,
    "mastodon:postgres.storageGib is 600, but storage autoscaling is on: DigitalOcean grows the disk by itself, and this value would change nothing. Put 500 back; to give the disk 600 GiB now, set mastodon:postgres.storageAutoscale.enabled to false",
  ],
  [
    "postgres.storageGib",
    undefined,
    "mastodon:postgres.storageGib is gone, but the disk has 500 GiB, and a disk can't shrink. Put 500 back, or more",
  ],
  [
    "cloudflare.accountId",
    "a".repeat(32),
    `mastodon:cloudflare.accountId is "${"a".repeat(32)}", but the tunnel is in the account "0123456789abcdef0123456789abcdef", and a tunnel can't move: with it goes the way in. Put "0123456789abcdef0123456789abcdef" back; to move, make the new tunnel first, by a second stack`,
  ],
];

test.each(CHANGES)(
  "a running server's %s changed to %j is refused in these words",
  (path, value, says) => {
    const wanted = withValue(withValue(LARGE, "valkey.size", "db-s-4vcpu-8gb"), path, value);
    expect(changeFaults(running, parseConfig(wanted))).toEqual([says]);
  },
);

test("a never-change key whose fingerprint is another one, or vanished with it, is refused: new keys can't read old data", () => {
  const print = (digit: string): string => `v1-${digit.repeat(24)}`;
  const withPrints = (prints: unknown): Record<string, unknown> =>
    withValue(BASE, "fingerprints", prints);
  const before = parseConfig(
    withPrints({ activeRecordPrimaryKey: print("1"), secretKeyBase: print("2") }),
  );
  const faultsOf = (prints: unknown): readonly string[] =>
    changeFaults(decidedBy(before), parseConfig(withPrints(prints)));
  expect(faultsOf({ activeRecordPrimaryKey: print("1") })).toEqual([]); // secretKeyBase may change.
  expect(faultsOf({ activeRecordPrimaryKey: print("3") })).toEqual([
    expect.stringMatching(
      /^mastodon:fingerprints\.activeRecordPrimaryKey is another one, so the server would start with another mastodon:activeRecordPrimaryKey than its data was written with\. The two-factor secrets .* Put secret and fingerprint back: /u,
    ),
  ]);
  expect(faultsOf(undefined)).toEqual([
    expect.stringMatching(/^mastodon:fingerprints\.activeRecordPrimaryKey is gone, so /u),
  ]);
});

test("a server that does not run yet may be anything, and the same is never refused", () => {
  const config = parseConfig(BASE);
  expect(changeFaults(undefined, config)).toEqual([]);
  expect(changeFaults(decidedBy(config), config)).toEqual([]);
});

describe("a disk whose size is written where it is not read", () => {
  const disk = (gib: number | undefined, enabled = true): Record<string, unknown> =>
    withValue(withValue(BASE, "postgres.storageGib", gib), "postgres.storageAutoscale", {
      enabled,
    });
  const last = decidedBy(parseConfig(disk(undefined)));

  test("is refused, with two ways out that are accepted when they are typed", () => {
    const [refused] = changeRefusals(last, parseConfig(disk(400)));
    expect(refused?.cures).toHaveLength(2);
    for (const cure of refused?.cures ?? [])
      expect(changeRefusals(last, parseConfig(cured(disk(400), cure)))).toEqual([]);
  });

  test("is accepted of a new database, which is made with it", () => {
    const restored = parseConfig(withValue(withRestore(BASE), "postgres.storageGib", 400));
    expect(changeFaults({ ...last, data: { number: 1 } }, restored)).toEqual([]);
    expect(changeFaults({ ...last, data: { number: 2 } }, restored)).toHaveLength(1);
  });

  test("is accepted where an older program did not write down what it had", () => {
    expect(changeFaults({ domain: last.domain }, parseConfig(disk(400)))).toEqual([]);
  });
});

describe("another region", () => {
  const before = decidedBy(parseConfig(BASE));
  const moved = (region: string) => parseConfig({ ...withRestore(BASE), region });

  test("is accepted where a dump brings the data along into a new database, once", () => {
    expect(changeFaults(before, moved("fra1"))).toEqual([]);
    const restored = { ...before, data: { number: 2 } };
    expect(changeFaults(restored, moved("fra1"))).toEqual([
      expect.stringMatching(/^mastodon:region is "fra1", but the server runs in "nyc3"/u),
    ]);
  });

  test("does not take the media along: a bucket of Spaces stays where it is", () => {
    const media = { storage: "spaces" };
    const spaces = decidedBy(parseConfig({ ...BASE, media }));
    const faults = changeFaults(
      spaces,
      parseConfig({ ...withRestore(BASE), region: "fra1", media }),
    );
    expect(faults.join("\n")).toContain("but its bucket is in");
    expect(faults.join("\n")).not.toContain("mastodon:region is");
  });
});
