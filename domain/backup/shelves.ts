import { stampsIn, timeOf, type Shelf } from "./names.ts";

/** Folders of the copies. */
type CopyShelf = Exclude<Shelf, "dumps">;

const DAY_MS = 86_400_000;

/**
 * The folders into which a good dump is copied: the first of each week and of each month, UTC. The
 * bucket's content decides, not the day: a Monday without a dump would leave the week without a
 * copy.
 * @param keys of the bucket's objects.
 */
export function copyShelves(
  stamp: string,
  stack: string,
  keys: readonly string[],
): readonly CopyShelf[] {
  const time = timeOf(stamp);
  if (time === undefined) throw new Error(`${stamp} is no time of a dump.`);
  const periods: Readonly<Record<CopyShelf, (time: Date) => number | string>> = {
    weekly: weekOf,
    monthly: (each) => each.toISOString().slice(0, 7),
  };
  return (["weekly", "monthly"] as const).filter((shelf) => {
    const [newest] = stampsIn(keys, { shelf, stack, kind: "manifest" });
    const copied = newest === undefined ? undefined : timeOf(newest);
    return copied === undefined || periods[shelf](copied) !== periods[shelf](time);
  });
}

/** Number of a week that begins on a Monday. The first of January 1970 was a Thursday. */
function weekOf(time: Date): number {
  return Math.floor((time.getTime() / DAY_MS + 3) / 7);
}
