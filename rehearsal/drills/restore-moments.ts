import type { HoldPoint } from "./restore-holds.ts";
import type { Sight } from "./restore-sight.ts";

/**
 * The moments at which a restore is killed. The one while rows are copied is missing: there the
 * drill kills the restore of an update, and the next update is the next try.
 */

/** A moment, and what the database must show there. */
export interface Moment {
  readonly title: string;
  readonly hold: HoldPoint;
  readonly by: "evicted" | "out of memory";
  /** Whether it is let go until its end is noted, and killed there. */
  readonly isNoted?: true;
  readonly wrong: (sight: Sight, isWhole: boolean) => boolean;
  /** Beginning of the next try, by its log. */
  readonly next: "from the beginning" | "drops what was left" | "nothing to do";
}

/** Whether a restore began and did not end. */
export const isOpen = ({ notes }: Sight): boolean => notes.join() === "open";

/** The moments, from the first byte of the download to the end of the pod. */
export const MOMENTS: readonly Moment[] = [
  {
    title: "while its dump is downloaded",
    hold: "download",
    by: "evicted",
    wrong: ({ tables, notes }) => tables > 0 || notes.length > 0,
    next: "from the beginning",
  },
  {
    title: "while tables are created",
    hold: "tables",
    by: "out of memory",
    wrong: (sight) => !isOpen(sight) || sight.tables === 0 || sight.filled > 0,
    next: "drops what was left",
  },
  {
    title: "while indexes are made",
    hold: "indexes",
    by: "out of memory",
    wrong: (sight) => !isOpen(sight) || sight.indexes === 0 || sight.foreignKeys > 0,
    next: "drops what was left",
  },
  {
    title: "after pg_restore, before its end is noted",
    hold: "end",
    by: "out of memory",
    wrong: (sight, isWhole) => !isOpen(sight) || !isWhole,
    next: "drops what was left",
  },
  {
    title: "after its end is noted, before its Job is complete",
    hold: "end",
    by: "evicted",
    isNoted: true,
    wrong: ({ notes }, isWhole) => notes.join() !== "ended" || !isWhole,
    next: "nothing to do",
  },
];
