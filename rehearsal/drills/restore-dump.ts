import { Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { StackConfig } from "../../config/schema.ts";
import type { Manifest } from "../../domain/backup/manifest.ts";
import { keyOf, stampOf } from "../../domain/backup/names.ts";
import { backupBucketOf } from "../../domain/backup/plan.ts";
import { imagesOf, versionOf } from "../../domain/images.ts";
import { IMAGES } from "../../config/images.ts";
import { readConfig } from "../../input/stack-text.ts";
import { dumpTo } from "../../ops/db/dump.ts";
import type { Clouds } from "../../ops/recover/clouds.ts";
import { dumpsOf, headerOf } from "../../ops/rebuild/dumps.ts";
import { judgeRestore, type RestoreTarget } from "../../ops/restore/judge.ts";
import { prepareRestore, type RestoreOrder } from "../../ops/restore/prepare.ts";
import { SecretStore } from "../../ops/secrets/store.ts";
import { stackTextOf } from "../../ops/stack-file/texts.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { queryAsWeb } from "./live.ts";
import { inDatabasePod } from "./move-checks.ts";
import { asOperator } from "./recover.ts";

/** A key of dumps, as `npm run backup -- key` makes it. */
export interface DumpKeyPair {
  readonly identity: string;
  readonly recipient: string;
}

/** The dump in plain, in the run's folder. */
export const DUMP_FILE = "restore.dump";

/** Makes a key. */
export async function makeDumpKey(): Promise<DumpKeyPair> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** A dump in the rehearsed bucket. */
export interface StoredDump {
  readonly manifest: Manifest;
  readonly bucket: string;
  readonly body: Buffer;
}

/**
 * Dumps the live database and stores it, encrypted and with its manifest, as the backup's pod does.
 * The drill `backup` rehearses that pod itself.
 */
export async function storeDump(
  rehearsal: Rehearsal,
  { recipient }: DumpKeyPair,
): Promise<StoredDump> {
  const config = await configOf(rehearsal);
  const file = join(rehearsal.directory, DUMP_FILE);
  const begun = new Date();
  await inDatabasePod(rehearsal, (run) => dumpTo(run, file));
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  const body = Buffer.from(await encrypter.encrypt(await readFile(file)));
  const [accounts = 0, localUsers = 0, statuses = 0, migrations = 0] = (
    await queryAsWeb(
      rehearsal,
      `SELECT concat_ws(' ', ${["accounts", "users", "statuses", "schema_migrations"].map((table) => `(SELECT count(*) FROM ${table})`).join(", ")})`,
    )
  )
    .split(" ")
    .map(Number);
  const parts = { shelf: "dumps", stack: "prod", stamp: stampOf(begun) } as const;
  const { fingerprints } = await rehearsal.stack.secrets();
  const manifest: Manifest = {
    form: 1,
    stack: "prod",
    domain: config.domain,
    object: keyOf({ ...parts, kind: "dump" }),
    begun: begun.toISOString(),
    ended: new Date().toISOString(),
    bytes: body.length,
    sha256: createHash("sha256").update(body).digest("hex"),
    recipient,
    server: "17.10",
    client: "17.12",
    schema: await queryAsWeb(rehearsal, "SELECT max(version) FROM schema_migrations"),
    migrations,
    mastodon: versionOf(config, imagesOf(config, IMAGES)),
    collation: "C",
    fingerprints: fingerprints as Record<string, string>,
    counts: { accounts, localUsers, statuses },
    databaseBytes: body.length,
    suspicious: [],
  };
  const { bucket } = backupBucketOf(config)!;
  const stored = { manifest, bucket, body };
  putDump(rehearsal, stored);
  return stored;
}

/** Puts a dump into the bucket, with other bytes or another manifest if given. */
export function putDump(
  { world }: Rehearsal,
  { bucket, manifest, body }: StoredDump,
  changes: { readonly body?: Buffer; readonly manifest?: Partial<Manifest> | "none" } = {},
): void {
  const { object } = manifest;
  const key = object.replace(/\.dump\.age$/u, ".json");
  // The rehearsal is not the stack's token: it may replace what is locked.
  const locks = world.r2.locks(bucket);
  world.r2.lock(bucket, []);
  world.r2.put(bucket, object, changes.body ?? body);
  if (changes.manifest === "none") world.r2.delete(bucket, key);
  else world.r2.put(bucket, key, Buffer.from(JSON.stringify({ ...manifest, ...changes.manifest })));
  world.r2.lock(bucket, locks);
}

/**
 * Judges the dump as `npm run rebuild -- database` does, and writes it into the stack file. Returns
 * the words of a refusal or a doubt; then nothing is written.
 */
export async function orderRestore(
  rehearsal: Rehearsal,
  { manifest: { object } }: StoredDump,
  order: Pick<RestoreOrder, "identity" | "former"> & Pick<RestoreTarget, "fresher">,
): Promise<string | undefined> {
  const config = await configOf(rehearsal);
  const { well, said } = await asClouds(rehearsal, async (clouds) => {
    const dumps = await dumpsOf(config, "prod", clouds);
    const found =
      dumps.word === "there" ? dumps.value.find((each) => each.object === object) : undefined;
    if (found?.manifest === undefined) throw new Error(`${object} is no whole dump`);
    const store = new SecretStore(rehearsal.stack.folder, "prod", rehearsal.stack.pulumi);
    const { values: secrets } = await store.held();
    const target = { config, version: versionOf(config), secrets, fresher: order.fresher };
    const { refusals, doubts } = judgeRestore(found.manifest, target);
    const against = [...found.faults, ...refusals, ...doubts];
    if (against.length > 0) throw new Error(against.join("\n"));
    const header = await headerOf(config, object, clouds);
    await prepareRestore(store, { manifest: found.manifest, header, ...order });
  });
  return well ? undefined : said;
}

/** Runs a command with the clouds' clients. */
export async function asClouds(
  rehearsal: Rehearsal,
  run: (clouds: Clouds) => Promise<void>,
): ReturnType<typeof asOperator> {
  return await asOperator(rehearsal, async (world) => {
    await run(await world.clouds());
    return true;
  });
}

/** Configuration in the stack file of this run. */
export async function configOf({ stack }: Rehearsal): Promise<StackConfig> {
  const name = "Pulumi.prod.yaml";
  return readConfig(stackTextOf(await readFile(stack.stackFile, "utf8"), name));
}
