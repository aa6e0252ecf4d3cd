import type { Manifest } from "../../domain/backup/manifest.ts";
import { versionOf } from "../../domain/images.ts";
import type { Clouds } from "../../ops/recover/clouds.ts";
import { dumpsOf, headerOf } from "../../ops/rebuild/dumps.ts";
import { judgeRestore, type RestoreTarget } from "../../ops/restore/judge.ts";
import { prepareRestore, type RestoreOrder } from "../../ops/restore/prepare.ts";
import { SecretStore } from "../../ops/secrets/store.ts";
import { configOf, type StackPlace } from "../../ops/stack-file/place.ts";
import type { World } from "../clouds/world.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { backupBucket, backupObject, runBackup } from "./backup/run.ts";
import { saidBy } from "./job-run.ts";
import { asOperator } from "./recover.ts";

/** A dump in the rehearsed bucket. */
export interface StoredDump {
  readonly manifest: Manifest;
  readonly bucket: string;
  readonly body: Buffer;
}

/** Makes a dump by the live CronJob. @throws Error with what its pod says if there is none. */
export async function storeDump(rehearsal: Rehearsal): Promise<StoredDump> {
  const run = await runBackup(rehearsal);
  const { manifest } = run;
  if (manifest === undefined) throw new Error(saidBy(run));
  const bucket = backupBucket(rehearsal);
  return { manifest, bucket, body: backupObject(rehearsal, manifest.object) };
}

/** Puts a dump into the bucket, with other bytes or another manifest if given. */
export function putDump(
  { world }: Rehearsal,
  { bucket, manifest, body }: StoredDump,
  changes: { readonly body?: Buffer; readonly manifest?: Partial<Manifest> | "none" } = {},
): void {
  const { object } = manifest;
  const key = manifestKey(object);
  unlocked(world, bucket, () => {
    world.r2.put(bucket, object, changes.body ?? body);
    if (changes.manifest === "none") world.r2.delete(bucket, key);
    else
      world.r2.put(bucket, key, Buffer.from(JSON.stringify({ ...manifest, ...changes.manifest })));
  });
}

/** Removes a dump from the bucket. */
export function removeDump(
  { world }: Rehearsal,
  { bucket, manifest: { object } }: StoredDump,
): void {
  unlocked(world, bucket, () => {
    for (const key of [object, manifestKey(object)]) world.r2.delete(bucket, key);
  });
}

const manifestKey = (object: string): string => object.replace(/\.dump\.age$/u, ".json");

/** The rehearsal is not the stack's token: it may replace what is locked. */
function unlocked({ r2 }: World, bucket: string, change: () => void): void {
  const locks = r2.locks(bucket);
  r2.lock(bucket, []);
  change();
  r2.lock(bucket, locks);
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
  const config = await configOf(placeOf(rehearsal));
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

/** The stack of this run, as an operator names it. */
export function placeOf({ stack }: Rehearsal): StackPlace {
  return { stack: "prod", cwd: stack.folder };
}
