import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import Cloudflare from "cloudflare";
import { beforeEach, describe, expect, it } from "vitest";
import { folder, r2AddressOf, r2Bucket, urlOf } from "../../ops/state/bucket.ts";
import { lockFaults } from "../../ops/state/check.ts";
import { runState, type StateWorld } from "../../ops/state/command.ts";
import { judged } from "../../ops/state/copies.ts";
import { placeWorld } from "../../ops/state/place.ts";
import { openRest } from "../../rehearsal/clouds/rest/open.ts";
import { refusedByR2 } from "../../rehearsal/state/r2-refusals.ts";
import { ACCOUNT, Cloud, ZONE } from "../../rehearsal/test/clouds/cloud.ts";
import { temporaryFolder } from "../temporary-folder.ts";

const STACK = "urn:pulumi:prod::mastodon::pulumi:pulumi:Stack::mastodon-prod";
const VPC = "urn:pulumi:prod::mastodon::mastodon:infra:Network::network";
const whose = { project: "mastodon", stack: "prod", encryption: "v1:salt" };

/** A state in the form of the backend's file. */
const stateOf = (time: string, resources: readonly object[] = ORDERED, salt = "v1:salt"): string =>
  JSON.stringify({
    version: 3,
    checkpoint: {
      latest: {
        manifest: { time },
        secrets_providers: { type: "passphrase", state: { salt } },
        resources,
      },
    },
  });
const ORDERED = [
  { urn: STACK, type: "pulumi:pulumi:Stack" },
  { urn: VPC, type: "mastodon:infra:Network", parent: STACK },
];

describe("a copy of a state that is no state of this stack", () => {
  it.each([
    ["cut", stateOf("2026-11-28T01:00:00Z").slice(0, 90), "damaged", "it is cut"],
    ["empty", "", "damaged", "it is empty"],
    ["something else", "{}", "damaged", "it holds no state"],
    ["out of order", stateOf("", ORDERED.toReversed()), "damaged", "before"],
    ["doubled", stateOf("", [...ORDERED, ORDERED[1]!]), "damaged", "twice"],
    [
      "another stack's",
      stateOf("").replaceAll("pulumi:prod::", "pulumi:staging::"),
      "foreign",
      "urn:pulumi:staging",
    ],
    ["another passphrase's", stateOf("", ORDERED, "v1:other"), "foreign", "passphrase"],
  ])("%s", (_what, text, word, why) => {
    expect(judged(text, whose)).toMatchObject({ word, why: expect.stringContaining(why) });
  });

  it("a file of the backend, and what `pulumi stack export` writes, are whole", () => {
    const { checkpoint } = JSON.parse(stateOf("2026-11-28T01:00:00Z")) as {
      checkpoint: { latest: object };
    };
    const exported = JSON.stringify({ version: 3, deployment: checkpoint.latest });
    for (const text of [stateOf("2026-11-28T01:00:00Z"), exported])
      expect(judged(text, whose)).toMatchObject({ word: "whole", copy: { resources: 2 } });
  });
});

describe("a state in a folder", () => {
  let root: string;
  let said: string;
  let ran: string[][];
  let written: string | undefined;
  const OWN = ".pulumi/stacks/mastodon/prod.json";

  beforeEach(async () => {
    root = await temporaryFolder("state");
    [said, ran, written] = ["", [], undefined];
    await writeFile(join(root, "Pulumi.prod.yaml"), "encryptionsalt: v1:salt\n");
  });

  const keep = async (key: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, key)), { recursive: true });
    await writeFile(join(root, key), text);
  };
  const state = async (...args: readonly string[]): Promise<boolean> => {
    const world = {
      ...placeWorld({ PULUMI_BACKEND_URL: `file://${root}` }),
      say: (text: string) => (said += `${text}\n`),
      confirm: () => Promise.resolve(undefined),
      now: () => new Date("2026-11-28T12:00:00.000Z"),
      cwd: root,
      pulumi: () => async (command: readonly string[], input?: string) => {
        ran.push([...command]);
        if (command[1] === "import") written = input;
        return command[1] === "export" ? await readFile(join(root, OWN), "utf8") : "";
      },
    } as unknown as StateWorld;
    return await runState(args, world);
  };

  it("the newest whole copy is put in the place of one that is cut, not merely the newest", async () => {
    await keep(OWN, stateOf("2026-11-28T05:00:00Z").slice(0, 80));
    await keep(`${OWN}.bak`, stateOf("2026-11-28T04:00:00Z").slice(0, 80));
    await keep(
      ".pulumi/history/mastodon/prod/prod-3.checkpoint.json",
      stateOf("2026-11-28T03:00:00Z"),
    );
    await keep(".pulumi/history/mastodon/prod/prod-3.history.json", "{}");
    await keep(".pulumi/backups/mastodon/prod/prod.2.json", stateOf("2026-11-28T02:00:00Z"));
    expect(await state("check")).toBe(false);
    expect(said).toContain("The state file is damaged: it is cut");
    expect(await state("restore", "--yes"), said).toBe(true);
    expect(written).toContain("2026-11-28T03:00:00Z");
    expect(ran.some(([, word]) => word === "init")).toBe(false);
  });

  it("a file that is gone is first made: the CLI knows no stack without it", async () => {
    await keep(".pulumi/backups/mastodon/prod/prod.2.json", stateOf("2026-11-28T02:00:00Z"));
    expect(await state("restore", "--yes"), said).toBe(true);
    expect(ran.map(([, word]) => word)).toEqual(["init", "import"]);
  });

  it("a state that was made anew over a lost one is as good as lost", async () => {
    await keep(OWN, stateOf("2026-11-28T06:00:00Z", []));
    await keep(".pulumi/backups/mastodon/prod/prod.3.json", stateOf("2026-11-28T05:30:00Z", []));
    await keep(".pulumi/backups/mastodon/prod/prod.2.json", stateOf("2026-11-28T02:00:00Z"));
    expect(await state("check")).toBe(false);
    expect(said).toContain("Unless the stack was destroyed, it is lost.");
    expect(await state("restore", "--yes"), said).toBe(true);
    expect(ran.map(([, word]) => word)).toEqual(["import"]);
    expect(written).toContain("2026-11-28T02:00:00Z");
  });

  it("a whole state is not written over, unless a file is named", async () => {
    await keep(OWN, stateOf("2026-11-28T05:00:00Z"));
    await keep(".pulumi/backups/mastodon/prod/prod.2.json", stateOf("2026-11-28T02:00:00Z"));
    expect(await state("check"), said).toBe(true);
    expect(await state("restore", "--yes")).toBe(true);
    expect(written).toBeUndefined();
    await writeFile(join(root, "kept.json"), stateOf("2026-11-28T01:00:00Z"));
    expect(await state("restore", join(root, "kept.json"), "--yes"), said).toBe(true);
    expect(written).toContain("2026-11-28T01:00:00Z");
  });

  it("nobody to ask, and no --yes: nothing is written", async () => {
    await keep(".pulumi/backups/mastodon/prod/prod.2.json", stateOf("2026-11-28T02:00:00Z"));
    await expect(state("restore")).rejects.toThrow("If it is meant, add --yes.");
    expect(ran).toEqual([]);
  });

  it("a lock: its holder may live, and nothing is written", async () => {
    await keep(OWN, "");
    await keep(".pulumi/locks/organization/mastodon/prod/one.json", "{}");
    await expect(state("restore", "--yes")).rejects.toThrow("pulumi cancel");
    expect(await state("check")).toBe(false);
    expect(said).toContain("It is locked since");
  });

  it("no copy is whole: it says what else there is", async () => {
    await keep(OWN, "");
    expect(await state("restore", "--yes")).toBe(false);
    expect(said).toContain('"The state is lost"');
  });

  it("a backup is its owner's alone, of a whole state only, and over no other file", async () => {
    await keep(OWN, stateOf("2026-11-28T05:00:00Z"));
    expect(await state("backup", "--out", "kept.json")).toBe(true);
    await expect(state("backup", "--out", "kept.json")).rejects.toThrow("--out FILE");
    await keep(OWN, "");
    await expect(state("backup", "--out", "other.json")).rejects.toThrow("it is empty");
  });
});

describe("a bucket of R2", () => {
  it("its address is what `init` prints, in each jurisdiction; another's is none", () => {
    for (const jurisdiction of ["default", "eu", "fedramp"] as const) {
      const address = { account: ACCOUNT, jurisdiction, bucket: "state" };
      expect(r2AddressOf(urlOf(address))).toEqual(address);
    }
    expect(r2AddressOf("s3://state?endpoint=fra1.digitaloceanspaces.com")).toBeUndefined();
  });

  it("is read by Cloudflare's own client, through more than one page", async () => {
    const cloud = new Cloud();
    cloud.world.zones.set(ZONE, { accountId: ACCOUNT, name: "social.example" });
    await cloud.make("cloudflare:index/r2Bucket:R2Bucket", "it", {
      accountId: ACCOUNT,
      name: "state",
    });
    const keys = Array.from({ length: 1_100 }, (_, at) => `a/${String(at).padStart(4, "0")}.json`);
    for (const key of keys) cloud.world.r2.put("state", key, Buffer.from(key));
    const rest = await openRest(cloud.world);
    try {
      const baseURL = rest.cloudflareUrl;
      const client = new Cloudflare({ apiToken: "t".repeat(40), baseURL, logLevel: "off" });
      const bucket = r2Bucket(client, {
        account: ACCOUNT,
        jurisdiction: "default",
        bucket: "state",
      });
      expect((await bucket.list("a/")).map(({ key }) => key)).toEqual(keys);
      expect(await bucket.read("a/0007.json")).toBe("a/0007.json");
      expect(lockFaults(await bucket.locks!())).toHaveLength(2);
    } finally {
      await rest.close();
    }
  });

  it.each([
    ["", "every update is refused"],
    [".pulumi/", "every update is refused"],
    [".pulumi/stacks/mastodon/", "every update is refused"],
  ])('a lock over "%s" is named: it stops every update', (prefix, words) => {
    const good = [".pulumi/backups/", ".pulumi/history/"].map((each) => ({
      prefix: each,
      days: 90,
    }));
    expect(lockFaults(good)).toEqual([]);
    expect(lockFaults([...good, { prefix, days: 1 }])).toEqual([expect.stringContaining(words)]);
  });

  it("a state in a place that nothing here reads is named, with the way out", async () => {
    const { bucket } = placeWorld({ PULUMI_BACKEND_URL: "s3://state?region=eu-central-1" });
    await expect(bucket()).rejects.toThrow("pulumi stack import --file");
    await expect(placeWorld({}).bucket()).rejects.toThrow("PULUMI_BACKEND_URL is not set");
    expect(await folder("file:///nowhere?metadata=skip").where).toBe("/nowhere");
  });
});

describe("what R2 refuses and S3 takes: a later CLI that sends it would stop every update", () => {
  // Digests of "state".
  const body = {
    md5: "9ed39e2ea931586b6a985a6942ef573e",
    sha256: "4ba69735ca53765ed6a709edb56c6ea236b7193a3b29a6b390c346f0f4340e4e",
  };
  const sum = "69f24a66f5b4be8ee1f29aa4bb1ae0c3b5a58ad93e1a09e8fc8f1f0ab5b8b5b5";
  it.each([
    [{ "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER" }, "NotImplemented"],
    [
      { "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-trailer": "x-amz-checksum-crc32" },
      "NotImplemented",
    ],
    [
      { "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "x-amz-checksum-crc32": "AAAAAA==" },
      "NotImplemented",
    ],
    [{ "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "content-md5": "AAAA" }, "InvalidDigest"],
    [
      { "x-amz-content-sha256": "UNSIGNED-PAYLOAD", "content-md5": "AAAAAAAAAAAAAAAAAAAAAA==" },
      "BadDigest",
    ],
    [{ "x-amz-content-sha256": sum }, "XAmzContentSHA256Mismatch"],
  ])("%j", (headers, code) => {
    expect(refusedByR2(headers, body)).toMatchObject({ code });
  });

  it("a plain write, one with its right digest, and a read are taken", () => {
    const plain = { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };
    const md5 = Buffer.from(body.md5, "hex").toString("base64");
    expect(refusedByR2(plain, body)).toBeUndefined();
    expect(refusedByR2({ ...plain, "content-md5": md5 }, body)).toBeUndefined();
    expect(refusedByR2({ ...plain, "x-amz-checksum-mode": "ENABLED" }, body)).toBeUndefined();
  });
});
