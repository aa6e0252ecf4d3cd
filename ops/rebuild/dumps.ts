import type { StackConfig } from "../../config/schema.ts";
import { parseManifest, SUSPICIONS, type Manifest } from "../../domain/backup/manifest.ts";
import { stampsIn } from "../../domain/backup/names.ts";
import { backupBucketOf } from "../../domain/backup/plan.ts";
import type { Clouds } from "../recover/clouds.ts";
import { ask, reasonOf, type Presence } from "../recover/presence.ts";
import { r2Bucket, type R2Address } from "../state/bucket.ts";

/** Dumps in the bucket of a stack, read through Cloudflare's API without the bucket's own key. */

/** One dump, newest first in a list. */
export interface FoundDump {
  /** Key of the encrypted object. */
  readonly object: string;
  readonly manifest: Manifest | undefined;
  /** Damage for which it is never taken. */
  readonly faults: readonly string[];
  /** Doubts when it was made: it is taken only if it is named. */
  readonly doubts: readonly string[];
}

/** Manifests that are read: a month of the densest schedule. */
const MOST = 120;

/** Bytes in which age's header ends, with one recipient (https://age-encryption.org/v1). */
const HEADER_BYTES = 1_024;

/** The dumps of a stack. Gone: the configuration has none. */
export async function dumpsOf(
  config: StackConfig,
  stack: string,
  { cloudflare, patience }: Clouds,
): Promise<Presence<readonly FoundDump[]>> {
  const address = addressOf(config);
  if (address === undefined) return { word: "gone" };
  const bucket = r2Bucket(cloudflare, address);
  const answer = await ask(async () => {
    const kept = await bucket.list(`dumps/${stack}/`);
    const sizes = new Map(kept.map(({ key, bytes }) => [key, bytes]));
    const of = { shelf: "dumps", stack, kind: "manifest" } as const;
    const stamps = stampsIn([...sizes.keys()], of).slice(0, MOST);
    return await Promise.all(
      stamps.map(async (stamp): Promise<FoundDump> => {
        const key = `dumps/${stack}/${stamp}.json`;
        const object = `dumps/${stack}/${stamp}.dump.age`;
        return judged(object, key, await bucket.read(key), sizes.get(object));
      }),
    );
  }, patience);
  return answer.kind === "value"
    ? { word: "there", value: answer.value }
    : { word: "unknown", reason: reasonOf(answer) };
}

/** A dump by its manifest and by what the bucket lists. Without a manifest there is none. */
function judged(object: string, key: string, text: string, bytes: number | undefined): FoundDump {
  let manifest: Manifest;
  try {
    manifest = parseManifest(text, key);
  } catch (error) {
    const fault = error instanceof Error ? error.message : String(error);
    return { object, manifest: undefined, faults: [fault], doubts: [] };
  }
  const size =
    bytes === manifest.bytes
      ? []
      : [`its object has ${bytes ?? 0} bytes, and its manifest says ${manifest.bytes}`];
  const doubts = manifest.suspicious.map((each) => SUSPICIONS[each]);
  return { object, manifest, faults: size, doubts };
}

/** The first bytes of a dump, with the header of its encryption. The rest is not read. */
export async function headerOf(
  config: StackConfig,
  object: string,
  { cloudflare }: Clouds,
): Promise<Uint8Array> {
  const address = addressOf(config);
  if (address === undefined) throw new Error("mastodon:backup is not set, so there is no dump.");
  const { account, bucket, jurisdiction } = address;
  const answer = await cloudflare.r2.buckets.objects.get(object, {
    account_id: account,
    bucket_name: bucket,
    "cf-r2-jurisdiction": jurisdiction,
  });
  const reader = answer.body?.getReader();
  const parts: Uint8Array[] = [];
  for (let length = 0; reader !== undefined && length < HEADER_BYTES;) {
    const { done, value } = await reader.read();
    if (done) break;
    const part = value as Uint8Array;
    parts.push(part);
    length += part.length;
  }
  await reader?.cancel();
  return Buffer.concat(parts).subarray(0, HEADER_BYTES);
}

function addressOf(config: StackConfig): R2Address | undefined {
  const plan = backupBucketOf(config);
  return (
    plan && {
      account: config.cloudflare.accountId,
      bucket: plan.bucket,
      jurisdiction: plan.place as R2Address["jurisdiction"],
    }
  );
}
