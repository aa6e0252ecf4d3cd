import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { setTimeout } from "node:timers/promises";
import { Encrypter } from "age-encryption";
import { parseManifest, suspicionsOf, type Manifest } from "../../../domain/backup/manifest.ts";
import { keyOf } from "../../../domain/backup/names.ts";
import {
  PEER_PATIENCE_SECONDS,
  PIPES,
  POD_FILES,
  STEP_PATIENCE_SECONDS,
} from "../../../domain/backup/pod-files.ts";
import { copyShelves } from "../../../domain/backup/shelves.ts";

/**
 * The program of the container `encrypt`: from one pipe to the other, encrypted to a recipient
 * (`domain/backup/pod-files.ts` has the order). `npm run docs` bundles it into one file, which runs
 * in the streaming image. It has no key that opens anything.
 *
 * Reading and writing block on purpose: a pending read in Node's thread pool could keep a failed
 * process from ending.
 */

/** Fields from the database, and from the pod's environment. */
type Given = Omit<Manifest, "form" | "object" | "ended" | "bytes" | "sha256" | "suspicious">;

const CHUNK_BYTES = 65_536;
const { RDWR, RDONLY, WRONLY } = {
  RDWR: constants.O_RDWR,
  RDONLY: constants.O_RDONLY,
  WRONLY: constants.O_WRONLY,
};

async function run(): Promise<void> {
  process.chdir(PIPES);
  await isThere("dump.ready");
  // Opened for both ways a pipe waits for nobody. The second descriptor is the one that is used:
  // with the first still open, the end of the other side would never be seen.
  const heldOut = openSync(POD_FILES.encrypted, RDWR);
  const out = openSync(POD_FILES.encrypted, WRONLY);
  const heldIn = openSync(POD_FILES.plain, RDWR);
  write("encrypt.ready", "");
  await isThere("store.ready");
  closeSync(heldOut);
  await isThere("dump.open", STEP_PATIENCE_SECONDS);
  const input = openSync(POD_FILES.plain, RDONLY);
  closeSync(heldIn);

  const { bytes, sha256 } = await encrypt(input, out, environment("RECIPIENT"));
  const codes = existsSync(POD_FILES.codes) ? text(POD_FILES.codes) : undefined;
  if (codes === undefined) throw new Error("the container dump died before the end of the dump");
  if (codes !== "0 0 0")
    throw new Error(`the dump is broken: pg_dump, tee and pg_restore ended with ${codes}`);
  const stamp = text(POD_FILES.stamp);
  const manifest = manifestOf(stamp, bytes, sha256);
  write(POD_FILES.bytes, String(bytes));
  write(
    POD_FILES.shelves,
    manifest.suspicious.length > 0
      ? ""
      : copyShelves(stamp, manifest.stack, text(POD_FILES.keys).split("\n"))
          .map((shelf) => `${shelf}\n`)
          .join(""),
  );
  write(POD_FILES.manifest, JSON.stringify(manifest));
  console.log(`${manifest.object}: ${bytes} bytes, sha256 ${sha256}`);
  // Last: the end of the pipe says that everything else is there.
  closeSync(out);
}

/** Encrypts one pipe into the other. The result is counted and hashed on its way. */
async function encrypt(
  input: number,
  out: number,
  recipient: string,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const plain = new ReadableStream<Uint8Array>({
    pull(controller) {
      const chunk = new Uint8Array(CHUNK_BYTES);
      const length = readSync(input, chunk);
      if (length === 0) controller.close();
      else controller.enqueue(chunk.subarray(0, length));
    },
  });
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of await encrypter.encrypt(plain)) {
    hash.update(chunk);
    bytes += chunk.length;
    for (let at = 0; at < chunk.length;) at += writeSync(out, chunk, at);
  }
  return { bytes, sha256: hash.digest("hex") };
}

/** The manifest. Parsed once more, because a restore refuses one with a missing field. */
function manifestOf(stamp: string, bytes: number, sha256: string): Manifest {
  const given = {
    ...(JSON.parse(environment("SERVER_FACTS")) as object),
    recipient: environment("RECIPIENT"),
    ...(JSON.parse(text(POD_FILES.facts)) as object),
  } as Given;
  const at = { shelf: "dumps", stack: given.stack, stamp } as const;
  const manifest: Manifest = {
    form: 1,
    ...given,
    object: keyOf({ ...at, kind: "dump" }),
    ended: new Date().toISOString(),
    bytes,
    sha256,
    suspicious: suspicionsOf({ bytes, counts: given.counts }, lastGood()),
  };
  return parseManifest(JSON.stringify(manifest), keyOf({ ...at, kind: "manifest" }));
}

/**
 * The newest good manifest of the bucket. One that this version can't read is no reason to have no
 * dump.
 */
function lastGood(): Manifest | undefined {
  try {
    return parseManifest(text(POD_FILES.last), POD_FILES.last);
  } catch {
    return undefined;
  }
}

/** Waits for another container's step. */
async function isThere(file: string, seconds = PEER_PATIENCE_SECONDS): Promise<void> {
  for (let waited = 0; !existsSync(file); waited += 0.1) {
    const failed = readdirSync(".").find((each) => each.endsWith(".failed"));
    if (failed !== undefined)
      throw new Error(`the container ${failed.replace(/\.failed$/u, "")} failed; its log says why`);
    if (waited >= seconds) throw new Error(`waited ${seconds} s for ${file}, in vain`);
    await setTimeout(100);
  }
}

function text(file: string): string {
  return readFileSync(file, "utf8").trim();
}

/** Writes a file at once as a whole, because another container waits for its name. */
function write(file: string, content: string): void {
  writeFileSync(`${file}.part`, content);
  renameSync(`${file}.part`, file);
}

function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`the variable ${name} is missing`);
  return value;
}

try {
  await run();
} catch (error) {
  console.error(`No dump: ${error instanceof Error ? error.message : String(error)}.`);
  // Before the pipes close with the process: `store` must not take their end for a good one.
  write("encrypt.failed", "");
  process.exit(1);
}
