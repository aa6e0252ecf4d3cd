/**
 * Names of dumps in the backup bucket. A lock forbids overwriting and deleting, so each name holds
 * the time of its dump and is used once.
 */

/** Folders of the bucket: every dump, and the copies that are kept for longer. */
export const SHELVES = ["dumps", "weekly", "monthly"] as const;

/** One of the folders. */
export type Shelf = (typeof SHELVES)[number];

/** Ends of the two objects of a dump. The manifest is written last: without it there is no dump. */
const ENDS = { dump: ".dump.age", manifest: ".json" } as const;

/**
 * End of an object beside a dump in the first bucket: the dump's pod notes there that the second
 * destination took both objects. Only the pod can know, because the key there may only write.
 */
export const COPIED_END = ".second";

/**
 * Schema in which a restore notes its progress. It belongs to the database, not to its content, so
 * no dump holds it: a restored database would find the note of another restore.
 */
export const RESTORE_SCHEMA = "mastodon_restore";

/** One object of the bucket, from its key. */
export interface DumpKey {
  readonly shelf: Shelf;
  /** The stack's short name: "prod". */
  readonly stack: string;
  /** Begin of the dump, UTC: "20261128T010000Z". Stamps sort by time as texts. */
  readonly stamp: string;
  readonly kind: keyof typeof ENDS;
}

/** A time as a stamp, to the second: "20261128T010000Z". */
export function stampOf(time: Date): string {
  return time.toISOString().replaceAll(/[-:]|\.\d{3}/gu, "");
}

/** The time of a stamp; undefined for any other text. */
export function timeOf(stamp: string): Date | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/u.exec(stamp)?.slice(1) ?? [];
  const [year, month, day, hour, minute, second] = parts;
  const time = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  // Not the 31st of February.
  return !Number.isNaN(time.getTime()) && stampOf(time) === stamp ? time : undefined;
}

/** Prefix of a stack's objects in one folder, with the slash at its end. */
export function prefixOf(shelf: Shelf, stack: string): string {
  return `${shelf}/${stack}/`;
}

/** The key of an object. */
export function keyOf({ shelf, stack, stamp, kind }: DumpKey): string {
  return `${prefixOf(shelf, stack)}${stamp}${ENDS[kind]}`;
}

/** Key of the note that a dump is in the second destination, too. */
export function copiedKeyOf({ shelf, stack, stamp }: Omit<DumpKey, "kind">): string {
  return `${prefixOf(shelf, stack)}${stamp}${COPIED_END}`;
}

/** The parts of a key; undefined for an object that is neither a dump nor a manifest. */
export function partsOf(key: string): DumpKey | undefined {
  const [, shelf, stack = "", stamp = "", end] =
    /^(dumps|weekly|monthly)\/([A-Za-z0-9_.-]+)\/(\d{8}T\d{6}Z)(\.dump\.age|\.json)$/u.exec(key) ??
    [];
  if (timeOf(stamp) === undefined) return undefined;
  return {
    shelf: shelf as Shelf,
    stack,
    stamp,
    kind: end === ENDS.dump ? "dump" : "manifest",
  };
}

/** The stamps of a stack in one folder that have an object of this kind, the newest one first. */
export function stampsIn(
  keys: readonly string[],
  { shelf, stack, kind }: Omit<DumpKey, "stamp">,
): readonly string[] {
  return keys
    .map(partsOf)
    .filter((parts) => parts?.shelf === shelf && parts.stack === stack && parts.kind === kind)
    .map((parts) => parts!.stamp)
    .sort()
    .reverse();
}
