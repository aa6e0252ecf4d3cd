import type { StackConfig } from "../../config/schema.ts";
import { SUSPICIONS, type Manifest } from "../../domain/backup/manifest.ts";
import { keyOf, partsOf } from "../../domain/backup/names.ts";
import { dumpAddressOf, dumpsIn, type Dump } from "../backup/dumps.ts";
import type { Clouds } from "../recover/clouds.ts";
import { ask, reasonOf, type Presence } from "../recover/presence.ts";
import { r2Bucket } from "../state/bucket.ts";

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

/** Bytes in which age's header ends, with one recipient (https://age-encryption.org/v1). */
const HEADER_BYTES = 1_024;

/** The dumps of a stack. Gone: the configuration has none. */
export async function dumpsOf(
  config: StackConfig,
  stack: string,
  { cloudflare, patience }: Clouds,
): Promise<Presence<readonly FoundDump[]>> {
  const address = dumpAddressOf(config);
  if (address === undefined) return { word: "gone" };
  const bucket = r2Bucket(cloudflare, address);
  const answer = await ask(
    async () => (await dumpsIn(bucket, stack)).map((dump) => found(dump, stack)),
    patience,
  );
  return answer.kind === "value"
    ? { word: "there", value: answer.value }
    : { word: "unknown", reason: reasonOf(answer) };
}

/**
 * The dumps of a look.
 * @param none the message if the stack makes none.
 * @throws Error in a sentence if there is no list.
 */
export function knownDumps(
  dumps: Presence<readonly FoundDump[]>,
  none: string,
): readonly FoundDump[] {
  if (dumps.word === "there") return dumps.value;
  throw new Error(
    dumps.word === "gone"
      ? `This stack makes no dumps: mastodon:backup is not set. Nothing was changed. ${none}`
      : `Which dumps there are is not known: ${dumps.reason}. Nothing was changed. Wait, and run this again.`,
  );
}

/**
 * Place of a named dump in a list.
 * @param wanted its time, as "20261128T010000Z", or its key.
 * @throws Error with the times that there are.
 */
export function placeOfDump(wanted: string, dumps: readonly FoundDump[]): number {
  const at = dumps.findIndex(
    ({ object }) => object === wanted || partsOf(object)?.stamp === wanted,
  );
  if (at >= 0) return at;
  const some = dumps.slice(0, 5).map(({ object }) => partsOf(object)?.stamp ?? object);
  throw new Error(
    `${wanted} is none of the dumps. Nothing was changed. Write newest, or one of: ${some.join(", ") || "none is there"}.`,
  );
}

/** A dump by its manifest, and by the size that the bucket lists. */
function found(dump: Dump, stack: string): FoundDump {
  const { shelf, stamp, bytes } = dump;
  const object = keyOf({ shelf, stack, stamp, kind: "dump" });
  if (dump.word === "no manifest")
    return { object, manifest: undefined, faults: [dump.why], doubts: [] };
  const { manifest } = dump;
  return {
    object,
    manifest,
    faults:
      bytes === manifest.bytes
        ? []
        : [`its object has ${bytes} bytes, and its manifest says ${manifest.bytes}`],
    doubts: manifest.suspicious.map((each) => SUSPICIONS[each]),
  };
}

/** The first bytes of a dump, with the header of its encryption. The rest is not read. */
export async function headerOf(
  config: StackConfig,
  object: string,
  { cloudflare }: Pick<Clouds, "cloudflare">,
): Promise<Uint8Array> {
  const reader = (await openDump(config, object, { cloudflare })()).getReader();
  const parts: Uint8Array[] = [];
  for (let length = 0; length < HEADER_BYTES;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  await reader.cancel();
  return Buffer.concat(parts).subarray(0, HEADER_BYTES);
}

/** Opens a dump, encrypted as it is stored, from its beginning. @throws Error without `backup`. */
export function openDump(
  config: StackConfig,
  object: string,
  { cloudflare }: Pick<Clouds, "cloudflare">,
): () => Promise<ReadableStream<Uint8Array>> {
  const address = dumpAddressOf(config);
  if (address === undefined) throw new Error("mastodon:backup is not set, so there is no dump.");
  const { account, bucket, jurisdiction } = address;
  const at = { account_id: account, bucket_name: bucket, "cf-r2-jurisdiction": jurisdiction };
  return async () => {
    const { body } = await cloudflare.r2.buckets.objects.get(object, at);
    return body as ReadableStream<Uint8Array>;
  };
}
