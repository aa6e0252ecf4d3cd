import type { StackConfig } from "../config/schema.ts";

/**
 * Nightly tasks, and the commands that are not run automatically. Sources: mastodon/mastodon
 * `lib/mastodon/cli/`; for the admin page's "content retention", which runs every day
 * automatically, `app/workers/scheduler/vacuum_scheduler.rb`.
 */

/** Value of `mastodon:upkeep`. */
export type Upkeep = StackConfig["upkeep"];

/** A task, once a night or once a week. */
export interface UpkeepTask {
  /** Name: its CronJob is `upkeep-<name>`. */
  readonly name: string;
  /** Arguments of `tootctl`. */
  readonly args: readonly string[];
  /** Five fields, in the time zone {@link TIME_ZONE}. */
  readonly schedule: string;
}

/** Time zone of the schedules. If unset, Kubernetes uses that of its controller's machine. */
export const TIME_ZONE = "Etc/UTC";

/**
 * Hours between the starts of two tasks, because tasks share the nodes' spare room and the
 * connections reserved for one.
 */
const HOURS_APART = 2;

/**
 * Seconds by which a task may start late. After that it is left to the next night (for example if
 * the cluster was down).
 */
export const STARTING_DEADLINE_SECONDS = 600;

/**
 * Time limit of a task, seconds. It ends before the next one starts, even after a late start, so
 * two never overlap. The next night does the rest: each task starts with what still exists.
 */
export const DEADLINE_SECONDS: number = HOURS_APART * 3_600 - STARTING_DEADLINE_SECONDS - 300;

/**
 * Database connections of a task: `tootctl` opens one for each thread and one more
 * (`reset_connection_pools!` in its `cli/base.rb`).
 */
export function upkeepConnections({ threads }: Pick<Upkeep, "threads">): number {
  return threads + 1;
}

interface Row {
  readonly name: string;
  /** The task runs if this is a number of days. */
  readonly days: (upkeep: Upkeep) => number | undefined;
  readonly args: readonly string[];
  /** Day of the week in cron's form. */
  readonly on: "*" | "3";
}

/**
 * In the order in which they run. The order is fixed: switching one off must not move the others.
 */
const ROWS: readonly Row[] = [
  {
    // The admin page's "media cache retention period" does the same daily. With two rules the
    // shorter one wins silently, so this is off by default.
    name: "media",
    days: ({ mediaDays }) => mediaDays,
    args: ["media", "remove"],
    on: "*",
  },
  {
    // The same setting of the admin page controls it (`Vacuum::PreviewCardsVacuum`), so this is off
    // by default.
    name: "preview-cards",
    days: ({ previewCardDays }) => previewCardDays,
    args: ["preview_cards", "remove"],
    on: "*",
  },
  {
    // Avatars and headers of remote accounts that no member follows. No setting of the admin page
    // deletes them, and they grow without limit, so this is on. They return when someone views the
    // account. It runs once a week, because it checks every account ever seen in the database.
    name: "profiles",
    days: ({ profileDays }) => profileDays,
    args: ["media", "remove", "--prune-profiles"],
    on: "3",
  },
];

/**
 * Commands of `tootctl` that never run at night here, with the reason. `docs/upkeep.md` lists them.
 */
export const LEFT_OUT: Readonly<Record<string, string>> = {
  "media remove-orphans":
    "asks the store about every single file, which R2 and Spaces bill or throttle; and after a database was restored from a backup it would delete everything uploaded since, for good",
  "statuses remove":
    'the admin page\'s "content cache retention period" does it, a little each night; this does all at once and builds indexes for it',
  "accounts prune":
    "can't be taken back, and who was pruned comes back with the next boost; the space is in the pictures, which `profiles` takes",
  "accounts cull":
    "asks every server that was ever seen whether each account still lives: hours of requests that others notice",
  "emoji purge": "removes what is on the pages in that moment; a decision, not a habit",
  "cache clear": "makes every page slow at once and frees nothing that does not expire by itself",
  "feeds build":
    "mends feeds after Valkey was lost; Mastodon's own scheduler clears those of who no longer comes (`Vacuum::FeedsVacuum`)",
};

/** Tasks that run at night with this configuration, in order; none if upkeep is off. */
export function upkeepTasks(upkeep: Upkeep): readonly UpkeepTask[] {
  if (!upkeep.enabled) return [];
  return ROWS.flatMap(({ name, days, args, on }, at) => {
    const wanted = days(upkeep);
    if (wanted === undefined) return [];
    const hour = upkeep.hour + at * HOURS_APART;
    // A task that starts after midnight belongs to the next day.
    const day = on === "*" ? on : String((Number(on) + Math.floor(hour / 24)) % 7);
    return [
      {
        name,
        args: [...args, `--days=${wanted}`, `--concurrency=${upkeep.threads}`],
        // Not on the hour, when many other jobs start.
        schedule: `17 ${hour % 24} * * ${day}`,
      },
    ];
  });
}
