import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import program from "../../k8s/restore/decrypt-program.json" with { type: "json" };
import { temporaryFolder } from "../temporary-folder.ts";

/** The restore's pod reads exactly what age wrote, and nothing that is cut, changed or foreign. */

const run = promisify(execFile);
const OBJECT = "dumps/prod/20261128T010000Z.dump.age";
const CHUNK = 65_536;

const identity = await generateX25519Identity();
const recipient = await identityToRecipient(identity);

async function encrypted(plain: Uint8Array): Promise<Buffer> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return Buffer.from(await encrypter.encrypt(plain));
}

/** The key of one file, as the operator's command takes it from the header. */
async function keyOf(file: Uint8Array): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  return Buffer.from(await decrypter.decryptHeader(file)).toString("base64");
}

interface Changes {
  /** Object in the bucket. Default: the dump of the manifest. */
  readonly stored?: Buffer;
  readonly manifest?: object | "none";
  readonly key?: string;
  readonly sha256?: string;
}

/** Runs the program over a dump. Returns what it wrote, or its sentence. */
async function decrypted(dump: Buffer, changes: Changes = {}): Promise<Buffer | string> {
  const { stored = dump, manifest, key = await keyOf(dump) } = changes;
  const { sha256 = createHash("sha256").update(dump).digest("hex") } = changes;
  const folder = temporaryFolder("decrypt");
  await writeFile(join(folder, "20261128T010000Z.dump.age"), stored);
  const whole = {
    object: OBJECT,
    bytes: dump.length,
    sha256,
    counts: { accounts: 3, localUsers: 2, statuses: 7 },
  };
  if (manifest !== "none")
    await writeFile(
      join(folder, "20261128T010000Z.json"),
      JSON.stringify({ ...whole, ...manifest }),
    );
  const env = {
    ...{ DUMP_OBJECT: OBJECT, DUMP_SHA256: sha256, DUMP_BYTES: String(dump.length) },
    ...{ DUMP_FILE_KEY: key, WORK: folder },
  };
  const file = join(folder, "decrypt.mjs");
  await writeFile(file, program.source);
  try {
    await run(process.execPath, [file], { env });
  } catch (error) {
    return (error as { readonly stderr: string }).stderr.trim();
  }
  expect(await readFile(join(folder, "counts"), "utf8")).toBe("3 2 7\n");
  return await readFile(join(folder, "dump"));
}

describe("a dump that age encrypted", () => {
  test.each([0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK, 1_000_000])(
    "of %d bytes is read back, byte for byte",
    async (length) => {
      const plain = randomBytes(length);
      expect(await decrypted(await encrypted(plain))).toEqual(plain);
    },
  );

  test("is refused with the key of another dump", async () => {
    const [one, other] = [await encrypted(randomBytes(9)), await encrypted(randomBytes(9))];
    expect(await decrypted(one, { key: await keyOf(other) })).toBe(
      "Nothing was changed in the database: mastodon:dumpFileKey is the key of another dump.",
    );
  });

  test.each([1, 16, 100, CHUNK, CHUNK + 16])(
    "is refused without its last %d bytes, also where a manifest was made for the rest",
    async (cut) => {
      const whole = await encrypted(randomBytes(3 * CHUNK));
      const left = whole.subarray(0, whole.length - cut);
      expect(await decrypted(left, { key: await keyOf(whole) })).toMatch(
        /^Nothing was changed in the database: the dump is cut/u,
      );
      expect(await decrypted(whole, { stored: left })).toMatch(/ bytes, and its manifest says /u);
    },
  );

  test("is refused with one bit turned, by its SHA-256, and by age where that was forged", async () => {
    const whole = await encrypted(randomBytes(3 * CHUNK));
    const turned = Buffer.from(whole);
    turned[CHUNK] = turned[CHUNK]! ^ 1;
    expect(await decrypted(whole, { stored: turned })).toMatch(/has the SHA-256 /u);
    expect(await decrypted(turned)).toContain("the dump is cut or damaged");
  });
});

describe("an object that is no dump", () => {
  test.each<[string, Changes, RegExp]>([
    ["without a manifest", { manifest: "none" }, /has no manifest of dumps\/prod/u],
    ["with another's manifest", { manifest: { sha256: "0" } }, /is about another dump/u],
    ["with a manifest of another object", { manifest: { object: "x" } }, /is about another dump/u],
  ])("%s is refused before anything is decrypted", async (_what, changes, says) => {
    expect(await decrypted(await encrypted(randomBytes(9)), changes)).toMatch(says);
  });

  test("of another format is refused", async () => {
    const key = Buffer.alloc(16).toString("base64");
    expect(await decrypted(Buffer.from("PGDMP and so on"), { key })).toContain("no age file");
  });
});
