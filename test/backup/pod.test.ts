import { createHash } from "node:crypto";
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { describe, expect, test } from "vitest";
import { parseManifest } from "../../domain/backup/manifest.ts";
import { temporaryFolder } from "../temporary-folder.ts";
import { keysIn, kill, objectIn, startPod, type Night, type Pod } from "./pod.ts";

const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);
const pod = (night: Partial<Night> = {}): Pod => startPod({ recipient, ...night });
const GOOD = { dump: 0, encrypt: 0, store: 0 };
const [DUMP, MANIFEST] = [
  "dumps/prod/20261128T010000Z.dump.age",
  "dumps/prod/20261128T010000Z.json",
];

/** Dumps without end, so a test can kill a container in the middle. */
const WITHOUT_END = 'while cat "$CONTENT"; do :; done';

async function good(night: Partial<Night> = {}): Promise<Pod> {
  const made = pod(night);
  expect(await made.ended, made.said()).toEqual(GOOD);
  return made;
}

describe("a good night", () => {
  test("leaves a dump that the identity opens, and a manifest that counts its bytes", async () => {
    const content = Buffer.from("rows of the database\n".repeat(50_000));
    const { bucket, said } = await good({ content });
    const dump = objectIn(bucket, DUMP);
    const manifest = parseManifest(objectIn(bucket, MANIFEST).toString(), MANIFEST);
    expect(manifest).toMatchObject({
      object: DUMP,
      bytes: dump.length,
      sha256: createHash("sha256").update(dump).digest("hex"),
      recipient,
      server: "17.10",
      client: "17.12",
      suspicious: [],
    });
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(Buffer.from(await decrypter.decrypt(dump)).equals(content)).toBe(true);
    expect(dump.includes("rows of the database")).toBe(false);
    expect(said()).toContain(DUMP);
  });

  test("copies the first good dump of a week and of a month, and no other", async () => {
    const { bucket } = await good();
    expect(keysIn(bucket)).toHaveLength(6);
    await good({ bucket, stamp: "20261128T070000Z" });
    const copies = (): readonly string[] =>
      keysIn(bucket).filter((key) => /^(weekly|monthly).*json$/u.test(key));
    expect(copies()).toHaveLength(2);
    await good({ bucket, stamp: "20261130T010000Z" });
    expect(copies()).toEqual([
      "monthly/prod/20261128T010000Z.json",
      "weekly/prod/20261128T010000Z.json",
      "weekly/prod/20261130T010000Z.json",
    ]);
  });

  test("is copied to a second destination, as it is", async () => {
    const second = temporaryFolder("second");
    const { bucket } = await good({ second });
    expect(keysIn(second)).toEqual([DUMP, MANIFEST]);
    expect(keysIn(bucket)).toContain("dumps/prod/20261128T010000Z.second");
    for (const key of keysIn(second))
      expect(objectIn(second, key).equals(objectIn(bucket, key))).toBe(true);
  });

  test("is not noted as copied if the second destination refuses it", async () => {
    const second = temporaryFolder("second");
    const refused = pod({ second, rclone: 'case "$*" in copyto*second*) exit 1 ;; esac' });
    expect((await refused.ended).store).not.toBe(0);
    expect(refused.said()).toContain("the second destination did not take");
    expect(keysIn(refused.bucket)).toContain(MANIFEST);
    expect(keysIn(refused.bucket).filter((key) => key.endsWith(".second"))).toEqual([]);
  });

  test("of a database that lost its rows is kept, doubted, and not copied", async () => {
    const { bucket } = await good();
    for (const [stamp, night, why] of [
      ["20261129T010000Z", { content: Buffer.alloc(1_000) }, ["smaller"]],
      ["20261130T010000Z", { content: Buffer.alloc(1_000) }, ["smaller"]],
      ["20261201T010000Z", { localUsers: 0 }, ["no-accounts"]],
    ] as const) {
      await good({ bucket, stamp, ...night });
      const key = `dumps/prod/${stamp}.json`;
      expect(parseManifest(objectIn(bucket, key).toString(), key).suspicious).toEqual(why);
    }
    expect(keysIn(bucket).filter((key) => !key.startsWith("dumps/"))).toHaveLength(4);
  });
});

describe("a broken night leaves no manifest, and its containers end", () => {
  test.each<readonly [danger: string, night: Partial<Night>, says: RegExp]>([
    ["pg_dump fails", { pgDump: 'cat "$CONTENT"; exit 1' }, /ended with 1 0 0/u],
    ["pg_dump is killed", { pgDump: 'cat "$CONTENT"; kill -9 $$' }, /ended with 137 0 0/u],
    ["the dump is cut", { pgRestore: "cat >/dev/null; exit 1" }, /ended with 0 0 1/u],
    [
      "pg_restore can't read it",
      { pgRestore: "exit 1", pgDump: WITHOUT_END },
      /the dump is broken/u,
    ],
    ["the server is of another major", { server: "18.1" }, /Postgres 18\.1 and pg_dump is 17\.12/u],
    ["a migration is at work", { locked: true }, /the container dump failed/u],
    ["the bucket can't be read", { rclone: '[ "$1" != lsf ] || exit 1' }, /can't be read/u],
    [
      "the bucket is full",
      { rclone: '[ "$1" != rcat ] || { head -c 9 >/dev/null; exit 1; }' },
      /did not take the dump/u,
    ],
    [
      "the bucket lists other bytes",
      { rclone: 'case "$*" in *--format*) echo 12; exit 0 ;; esac' },
      /has 12 bytes in the bucket/u,
    ],
    [
      "the bucket does not take the manifest",
      { rclone: 'case "$*" in rcat*.json) exit 1 ;; esac' },
      /did not take .*\.json/u,
    ],
    ["the recipient is none", { recipient: "age1nobody" }, /No dump: /u],
  ])("%s", async (_danger, night, says) => {
    const broken = pod(night);
    const codes = await broken.ended;
    expect(codes.store, broken.said()).not.toBe(0);
    expect(broken.said()).toMatch(says);
    expect(keysIn(broken.bucket).filter((key) => key.endsWith(".json"))).toEqual([]);
  });

  test.each(["dump", "encrypt", "store"] as const)("%s is killed in the middle", async (name) => {
    const broken = pod({ pgDump: WITHOUT_END });
    const stored = (): number =>
      keysIn(broken.bucket).includes(DUMP) ? objectIn(broken.bucket, DUMP).length : 0;
    await expect.poll(stored).toBeGreaterThan(100_000);
    kill(broken, name);
    const codes = await broken.ended;
    expect(codes[name]).toBe("killed");
    expect(Object.values(codes), broken.said()).not.toContain(0);
    expect(keysIn(broken.bucket)).toEqual([DUMP]);
  });
});
