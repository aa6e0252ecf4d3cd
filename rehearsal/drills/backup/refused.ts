import { Decrypter } from "age-encryption";
import { createHash } from "node:crypto";
import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseManifest, type Manifest } from "../../../domain/backup/manifest.ts";
import decryptProgram from "../../../k8s/restore/decrypt-program.json" with { type: "json" };
import { judgeRestore, type RestoreTarget } from "../../../ops/restore/judge.ts";
import { parseConfig } from "../../../input/parse.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import { NODE_MOUNTS } from "../../pods/container.ts";
import { runInSandbox } from "../../pods/sandbox.ts";
import { STAND_INS } from "../../images/catalogue.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { backupObject } from "./run.ts";

/**
 * Dumps that look whole in the bucket, and must not be restored. The judgement of its manifest
 * refuses each before anything is made, or the program of the restore's pod does.
 */

/** A dump with its manifest, as a restore finds them. */
interface Found {
  readonly manifest: Manifest;
  /** Text of the manifest's object; undefined if there is none. */
  readonly text: string | undefined;
  readonly dump: Buffer;
  readonly fileKey: Uint8Array;
}

/** A change that makes a dump of no use, with the words of its refusal. */
interface Refused {
  readonly what: string;
  readonly by: "manifest" | "pod";
  readonly change: (found: Found) => Found;
  /** Undefined for a dump that must pass. */
  readonly says: RegExp | undefined;
}

/** The same dump with another manifest. */
const withManifest =
  (change: Partial<Manifest>) =>
  (found: Found): Found => {
    const manifest = { ...found.manifest, ...change };
    return { ...found, manifest, text: JSON.stringify(manifest) };
  };

/** Bytes of a chunk of age, with its tag (https://c2sp.org/age). */
const CHUNK_BYTES = 65_552;
/** Folder of the dump for the program of the restore's pod. */
const FOLDER = "/tried";
const same = (found: Found): Found => found;

const REFUSED: readonly Refused[] = [
  { what: "none: a good one", by: "manifest", change: same, says: undefined },
  {
    what: "newer schema",
    by: "manifest",
    change: withManifest({ mastodon: "v99.0.0", schema: "29991231000000" }),
    says: /newer than the v/u,
  },
  {
    what: "older schema",
    by: "manifest",
    change: (found) =>
      withManifest({
        mastodon: found.manifest.mastodon.replace(/\.\d+\.\d+/u, ".0.0"),
        schema: "20230101000000",
      })(found),
    says: /more than one minor version behind/u,
  },
  {
    what: "wrong domain",
    by: "manifest",
    change: withManifest({ domain: "other.example" }),
    says: /is a dump of other\.example/u,
  },
  {
    what: "wrong keys of Active Record",
    by: "manifest",
    change: (found) =>
      withManifest({
        fingerprints: Object.fromEntries(
          Object.keys(found.manifest.fingerprints).map((key) => [key, "0".repeat(16)]),
        ),
      })(found),
    says: /written with another mastodon:/u,
  },
  {
    what: "another major version of Postgres",
    by: "manifest",
    change: withManifest({ server: "16.4" }),
    says: /dumped from Postgres 16\.4/u,
  },
  {
    what: "manifest cut",
    by: "manifest",
    change: (found) => ({ ...found, text: found.text?.slice(0, -1) }),
    says: /is no manifest/u,
  },
  {
    what: "manifest of a later form",
    by: "manifest",
    change: (found) => ({ ...found, text: found.text?.replace('"form":1', '"form":2') }),
    says: /form 2/u,
  },
  { what: "none: a good one", by: "pod", change: same, says: undefined },
  {
    what: "manifest missing",
    by: "pod",
    change: (found) => ({ ...found, text: undefined }),
    says: /has no manifest/u,
  },
  {
    what: "manifest of another object",
    by: "pod",
    change: (found) => ({
      ...found,
      text: JSON.stringify({ ...found.manifest, object: "dumps/prod/20200101T000000Z.dump.age" }),
    }),
    says: /is about another dump/u,
  },
  {
    what: "one bit changed, so the SHA-256 differs",
    by: "pod",
    change: (found) => {
      const dump = Buffer.from(found.dump);
      dump[dump.length >> 1]! ^= 1;
      return { ...found, dump };
    },
    says: /SHA-256/u,
  },
  {
    what: "object cut in half",
    by: "pod",
    change: (found) => ({ ...found, dump: found.dump.subarray(0, found.dump.length >> 1) }),
    says: /its manifest says/u,
  },
  {
    what: "cut at a chunk of age, with a manifest that fits it",
    by: "pod",
    change: (found) => {
      const header = found.dump.indexOf("\n--- ") + 1 + "--- ".length + 43 + 1 + 16;
      return fitting({ ...found, dump: found.dump.subarray(0, header + 2 * CHUNK_BYTES) });
    },
    says: /cut or damaged/u,
  },
  {
    what: "key of another dump",
    by: "pod",
    change: (found) => ({ ...found, fileKey: Buffer.alloc(16, 7) }),
    says: /key of another dump/u,
  },
];

/** A manifest that says the truth about a dump that was changed. */
function fitting(found: Found): Found {
  const sha256 = createHash("sha256").update(found.dump).digest("hex");
  return withManifest({ bytes: found.dump.length, sha256 })(found);
}

/** A row of the table, and its complaints. */
export interface RefusedRow {
  readonly cells: readonly string[];
  readonly complaints: readonly string[];
}

/** Tries to restore each of them. */
export async function refusedRows(
  rehearsal: Rehearsal,
  manifest: Manifest,
  identity: string,
): Promise<readonly RefusedRow[]> {
  const key = manifest.object.replace(/\.dump\.age$/u, ".json");
  const dump = backupObject(rehearsal, manifest.object);
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const good: Found = {
    manifest,
    text: backupObject(rehearsal, key).toString("utf8"),
    dump,
    fileKey: await decrypter.decryptHeader(dump.subarray(0, 1_024)),
  };
  const { values } = await rehearsal.stack.secrets();
  const { domain } = parseConfig(readStackFile());
  const target: RestoreTarget = {
    config: { domain },
    version: manifest.mastodon,
    secrets: values,
  };
  const rows: RefusedRow[] = [];
  for (const { what, by, change, says } of REFUSED) {
    const found = change(good);
    const said = by === "manifest" ? judged(found, key, target) : await tried(rehearsal, found);
    const told = says === undefined ? said === "" : says.test(said);
    rows.push({
      cells: [what, by, said === "" ? "may be restored" : said.slice(0, 120)],
      complaints: told ? [] : [`${what}: ${said || "nothing is said against it"}`],
    });
  }
  return rows;
}

/** Reasons against a restore by its manifest alone; empty if there is none. */
function judged({ text = "" }: Found, key: string, target: RestoreTarget): string {
  try {
    return judgeRestore(parseManifest(text, key), target).refusals.join(" ");
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The words of the program that decrypts in the restore's pod; empty if it did. */
async function tried(rehearsal: Rehearsal, found: Found): Promise<string> {
  const folder = join(rehearsal.directory, "tried");
  const { object, sha256, bytes } = found.manifest;
  const name = object.slice(object.lastIndexOf("/") + 1);
  await mkdir(folder);
  await chmod(folder, 0o777);
  try {
    await writeFile(join(folder, "decrypt.mjs"), decryptProgram.source);
    await writeFile(join(folder, name), found.dump);
    if (found.text !== undefined)
      await writeFile(join(folder, name.replace(/\.dump\.age$/u, ".json")), found.text);
    const { exitCode, stderr } = await runInSandbox({
      root: rehearsal.imageRoot,
      program: [`${STAND_INS}/bin/node`, `${FOLDER}/decrypt.mjs`],
      environment: {
        WORK: FOLDER,
        DUMP_OBJECT: object,
        DUMP_SHA256: sha256,
        DUMP_BYTES: String(bytes),
        DUMP_FILE_KEY: Buffer.from(found.fileKey).toString("base64"),
      },
      mounts: [...NODE_MOUNTS, { source: folder, target: FOLDER, readOnly: false }],
      ...{ uid: 0, gid: 0, hosts: new Map<string, string>(), trustStore: "" },
      timeoutMs: 60_000,
    });
    return exitCode === 0 ? "" : stderr.trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
