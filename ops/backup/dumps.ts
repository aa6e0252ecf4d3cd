import type { StackConfig } from "../../config/schema.ts";
import { parseManifest, SUSPICIONS, type Manifest } from "../../domain/backup/manifest.ts";
import {
  copiedKeyOf,
  keyOf,
  prefixOf,
  SHELVES,
  stampsIn,
  timeOf,
  type Shelf,
} from "../../domain/backup/names.ts";
import { backupBucketOf } from "../../domain/backup/plan.ts";
import type { R2Address, StateBucket } from "../state/bucket.ts";

/** One dump of the bucket, judged by its manifest. */
export type Dump = {
  readonly shelf: Shelf;
  readonly stamp: string;
  /** Time of its snapshot. */
  readonly time: Date;
  /** Size of the encrypted object in the bucket; undefined: it is not there. */
  readonly bytes: number | undefined;
  /** Whether its pod noted that the second destination (`backup.second`) took it. */
  readonly isCopied: boolean;
} & (
  | { readonly word: "good" | "suspicious"; readonly manifest: Manifest }
  /** No dump: nothing says that it is whole. */
  | { readonly word: "no manifest"; readonly why: string }
);

/** Address of the bucket of dumps; undefined: the configuration has none. */
export function dumpAddressOf(config: StackConfig): R2Address | undefined {
  const plan = backupBucketOf(config);
  return (
    plan && {
      account: config.cloudflare.accountId,
      bucket: plan.bucket,
      jurisdiction: plan.place as R2Address["jurisdiction"],
    }
  );
}

/** A bucket of dumps, as far as it is read. */
export type DumpBucket = Pick<StateBucket, "list" | "read">;

/**
 * Every dump of a stack, the newest first.
 * @param shelves folders to look into. Default: all.
 */
export async function dumpsIn(
  bucket: DumpBucket,
  stack: string,
  shelves: readonly Shelf[] = SHELVES,
): Promise<readonly Dump[]> {
  const dumps = await Promise.all(shelves.map((shelf) => onShelf(bucket, stack, shelf)));
  return dumps.flat().sort((one, other) => other.time.getTime() - one.time.getTime());
}

/** The newest good dump of a list; undefined if there is none. */
export function newestGood(dumps: readonly Dump[]): (Dump & { manifest: Manifest }) | undefined {
  return dumps.find(
    (dump): dump is Dump & { readonly word: "good"; readonly manifest: Manifest } =>
      dump.word === "good",
  );
}

async function onShelf(bucket: DumpBucket, stack: string, shelf: Shelf): Promise<readonly Dump[]> {
  const kept = await bucket.list(prefixOf(shelf, stack));
  const keys = kept.map(({ key }) => key);
  const sizes = new Map(kept.map(({ key, bytes }) => [key, bytes]));
  const at = { shelf, stack } as const;
  const whole = new Set(stampsIn(keys, { ...at, kind: "manifest" }));
  const objects = new Set(stampsIn(keys, { ...at, kind: "dump" }));
  const all = new Set(keys);
  return await Promise.all(
    [...new Set([...whole, ...objects])].map(async (stamp): Promise<Dump> => {
      const object = keyOf({ ...at, stamp, kind: "dump" });
      const isCopied = all.has(copiedKeyOf({ ...at, stamp }));
      const of = { shelf, stamp, time: timeOf(stamp)!, bytes: sizes.get(object), isCopied };
      if (!whole.has(stamp))
        return { ...of, word: "no manifest", why: "it did not end well, or is under way" };
      if (!objects.has(stamp))
        return { ...of, word: "no manifest", why: "its manifest is there, and the dump is not" };
      const key = keyOf({ ...at, stamp, kind: "manifest" });
      try {
        // A weekly or monthly copy has the manifest of its first folder, which is emptied earlier.
        const manifest = { ...parseManifest(await bucket.read(key), key), object };
        return { ...of, word: manifest.suspicious.length === 0 ? "good" : "suspicious", manifest };
      } catch (error) {
        return { ...of, word: "no manifest", why: error instanceof Error ? error.message : "" };
      }
    }),
  );
}

/** The line about one dump. */
export function lineOf(dump: Dump, now: Date): string {
  const where = `${dump.shelf.padEnd(7)}  ${dump.stamp}  ${ageIn(dump.time, now).padStart(9)}`;
  if (dump.word === "no manifest") return `${where}  ${"".padStart(9)}  no dump: ${dump.why}`;
  const { bytes, counts, suspicious } = dump.manifest;
  const why = suspicious.map((each) => SUSPICIONS[each]).join(", ");
  const said = dump.word === "good" ? "good" : `suspicious: ${why}`;
  const copied = dump.isCopied ? "; second destination, too" : "";
  return `${where}  ${sizeOf(bytes).padStart(9)}  ${said}; ${counts.localUsers} members, ${counts.statuses} posts${copied}`;
}

/** An age in words: "5 h", "3 days". */
export function ageIn(time: Date, now: Date): string {
  const minutes = Math.max(0, Math.round((now.getTime() - time.getTime()) / 60_000));
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 72 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}

/** Bytes in words, by thousands as bills count them. */
function sizeOf(bytes: number): string {
  const [unit = "GB", by = 1e9] = bytes >= 1e9 ? ["GB", 1e9] : ["MB", 1e6];
  return `${(bytes / Number(by)).toFixed(1)} ${unit}`;
}
