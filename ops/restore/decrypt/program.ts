/**
 * Checks a dump that was downloaded, and decrypts it: Node's program in the restore's pod, by Node
 * alone. It needs the key of this one file (age: "file key"), never an identity, which would open
 * every dump.
 *
 * The format is that of https://c2sp.org/age (read 2026-11-29). A header with a MAC comes first,
 * then chunks of 64 KiB under ChaCha20-Poly1305. Only the last one has its flag, so a dump that was
 * cut at the end of a chunk is refused, too.
 */
import { createDecipheriv, createHash, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "../../../domain/backup/manifest.ts";

const CHUNK = 64 * 1_024;
const TAG = 16;
const NONCE = 16;

/** A reason that ends the pod, as a sentence for the operator. */
class Refusal extends Error {}

function expanded(key: Uint8Array, salt: Uint8Array | string, info: string): Buffer {
  return Buffer.from(hkdfSync("sha256", key, salt, info, 32));
}

/** Reads the header, and proves that the key is this file's. Returns where the payload begins. */
async function headerEnd(file: FileHandle, fileKey: Uint8Array): Promise<number> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(CHUNK), 0, CHUNK, 0);
  const text = buffer.toString("latin1", 0, bytesRead);
  const [whole, mac = ""] = /\n--- ([A-Za-z0-9+/]{43})\n/u.exec(text) ?? [];
  if (!text.startsWith("age-encryption.org/v1\n") || whole === undefined)
    throw new Refusal("the object is no age file");
  const at = text.indexOf(whole);
  const signed = createHmac("sha256", expanded(fileKey, "", "header"))
    .update(text.slice(0, at + "\n---".length), "latin1")
    .digest();
  if (!timingSafeEqual(signed, Buffer.from(mac, "base64")))
    throw new Refusal("mastodon:dumpFileKey is the key of another dump");
  return at + whole.length;
}

async function decrypt(from: string, to: string, fileKey: Uint8Array): Promise<void> {
  const [file, out] = [await open(from), await open(to, "w", 0o600)];
  try {
    let at = await headerEnd(file, fileKey);
    const { size } = await file.stat();
    const nonce = Buffer.alloc(NONCE);
    await file.read(nonce, 0, NONCE, at);
    at += NONCE;
    const key = expanded(fileKey, nonce, "payload");
    const chunk = Buffer.alloc(CHUNK + TAG);
    const counter = Buffer.alloc(12);
    for (let number = 0; ; number++) {
      const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
      if (bytesRead < TAG) throw new Refusal("the dump is cut");
      at += bytesRead;
      const isLast = at >= size;
      counter.writeBigUInt64BE(BigInt(number), 3);
      counter[11] = isLast ? 1 : 0;
      const decipher = createDecipheriv("chacha20-poly1305", key, counter, {
        authTagLength: TAG,
      });
      decipher.setAuthTag(chunk.subarray(bytesRead - TAG, bytesRead));
      const plain = decipher.update(chunk.subarray(0, bytesRead - TAG));
      try {
        decipher.final();
      } catch {
        throw new Refusal("the dump is cut or damaged");
      }
      await out.write(plain);
      if (isLast) return;
    }
  } finally {
    await file.close();
    await out.close();
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(path)) hash.update(part as Buffer);
  return hash.digest("hex");
}

/** The manifest beside the dump: without one there is no dump. */
async function manifestOf(
  path: string,
  {
    object,
    digest,
    bytes,
  }: { readonly object: string; readonly digest: string; readonly bytes: number },
): Promise<Manifest> {
  const text = await readFile(path, "utf8").catch(() => undefined);
  if (text === undefined)
    throw new Refusal(`the bucket has no manifest of ${object}, so it is no whole dump`);
  const manifest = JSON.parse(text) as Manifest;
  // A weekly or monthly copy has the manifest of its first folder.
  const isSame =
    baseOf(manifest.object) === baseOf(object) &&
    manifest.sha256 === digest &&
    manifest.bytes === bytes;
  if (!isSame) throw new Refusal(`the manifest of ${object} is about another dump`);
  return manifest;
}

function baseOf(object: string): string {
  return object.slice(object.lastIndexOf("/") + 1);
}

async function main(environment: Readonly<Record<string, string | undefined>>): Promise<void> {
  const { DUMP_OBJECT: object = "", DUMP_SHA256: digest = "", WORK = "/work" } = environment;
  const name = baseOf(object);
  const encrypted = join(WORK, name);
  const bytes = Number(environment["DUMP_BYTES"]);
  const found = await stat(encrypted).catch(() => undefined);
  if (found === undefined) throw new Refusal(`the bucket has no ${object}`);
  const manifest = await manifestOf(join(WORK, name.replace(/\.dump\.age$/u, ".json")), {
    object,
    digest,
    bytes,
  });
  if (found.size !== bytes)
    throw new Refusal(`${object} has ${found.size} bytes, and its manifest says ${bytes}`);
  const actual = await sha256(encrypted);
  if (actual !== digest)
    throw new Refusal(`${object} has the SHA-256 ${actual}, and its manifest says ${digest}`);
  const fileKey = Buffer.from(environment["DUMP_FILE_KEY"] ?? "", "base64");
  await decrypt(encrypted, join(WORK, "dump"), fileKey);
  await rm(encrypted);
  const { accounts, localUsers, statuses } = manifest.counts;
  await writeFile(join(WORK, "counts"), `${accounts} ${localUsers} ${statuses}\n`);
  console.log(`${object}: ${bytes} bytes, SHA-256 as its manifest says; decrypted`);
}

try {
  await main(process.env);
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  console.error(`Nothing was changed in the database: ${error.message}.`);
  process.exitCode = 1;
}
