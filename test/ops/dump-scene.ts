import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Encrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import type { Manifest } from "../../domain/backup/manifest.ts";
import { backupBucketOf } from "../../domain/backup/plan.ts";
import { parseConfig } from "../../input/parse.ts";
import { R2_BUCKET } from "../../rehearsal/clouds/cloudflare/r2.ts";
import { MANIFEST } from "../backup/sample.ts";
import { BASE } from "../config/base.ts";
import { DOMAIN, Scene } from "./rebuild-world.ts";

/** A dump, encrypted to a key of its own. */
export interface SealedDump {
  readonly identity: string;
  readonly recipient: string;
  readonly encrypted: Buffer;
}

/** Encrypts this content as the pod does. */
export async function sealed(content: Uint8Array): Promise<SealedDump> {
  const identity = await generateX25519Identity();
  const recipient = await identityToRecipient(identity);
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return { identity, recipient, encrypted: Buffer.from(await encrypter.encrypt(content)) };
}

/** Name of the bucket of its dumps. */
export const bucketOf = ({ recipient }: SealedDump): string =>
  backupBucketOf(parseConfig({ ...BASE, backup: { recipient } }))?.bucket ?? "";

/** Opens a server with the bucket of its dumps. `file` holds the identity that opens them. */
export async function sceneOfDumps(
  dump: SealedDump,
): Promise<{ readonly scene: Scene; readonly file: string }> {
  const scene = new Scene();
  await scene.open({ backup: { recipient: dump.recipient } });
  const { accountId, zoneId } = BASE.cloudflare;
  scene.cloud.world.zones.set(zoneId, { accountId, name: DOMAIN });
  await scene.cloud.make(R2_BUCKET, "backups", { accountId, name: bucketOf(dump) });
  const file = join(scene.directory, "identity.txt");
  await writeFile(file, `# made by age-keygen\n${dump.identity}\n`);
  return { scene, file };
}

/** Puts the dump and its manifest into the bucket. Returns the dump's key. */
export function putDump(
  { cloud }: Scene,
  dump: SealedDump,
  stamp: string,
  change: Partial<Manifest> = {},
): string {
  const object = `dumps/prod/${stamp}.dump.age`;
  const { recipient, encrypted } = dump;
  const manifest = { ...MANIFEST, object, recipient, bytes: encrypted.length, ...change };
  cloud.world.r2.put(bucketOf(dump), object, encrypted);
  const key = `dumps/prod/${stamp}.json`;
  cloud.world.r2.put(bucketOf(dump), key, Buffer.from(JSON.stringify(manifest)));
  return object;
}
