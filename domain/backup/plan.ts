import type { StackConfig } from "../../config/schema.ts";
import { bucketNameOf, r2Endpoint } from "../media.ts";
import type { Shelf } from "./names.ts";

/** Place, times and retention of dumps, derived from the configuration. */

/** Configuration of dumps. */
export type Backup = NonNullable<StackConfig["backup"]>;

/** Keys that determine the bucket. */
export type BackupConfig = Pick<StackConfig, "media" | "domain" | "backup"> & {
  readonly cloudflare: Pick<StackConfig["cloudflare"], "accountId">;
};

/** The bucket of the dumps, on R2. */
export interface BackupBucketPlan {
  readonly bucket: string;
  /** `default`, `eu`, `fedramp`: that of the media. */
  readonly place: string;
  /** URL of the S3 API, without the bucket. */
  readonly endpoint: string;
  /** Seconds for which an object of each folder is locked. */
  readonly lockSeconds: number;
  /** Seconds after which an object is deleted, by folder. */
  readonly keepSeconds: Readonly<Record<Shelf, number>>;
}

const SECONDS_A_DAY = 86_400;

/** End of the bucket's name, after the name of the media's: one look shows whose both are. */
const BUCKET_END = "-backups";

/** Longest name of a bucket (developers.cloudflare.com/r2/buckets/create-buckets). */
const LONGEST_NAME = 63;

/** The bucket; undefined without `backup`. */
export function backupBucketOf(config: BackupConfig): BackupBucketPlan | undefined {
  const { backup, media, cloudflare } = config;
  if (backup === undefined) return undefined;
  const place = media.jurisdiction ?? "default";
  const begin = bucketNameOf(config).slice(0, LONGEST_NAME - BUCKET_END.length);
  return {
    bucket: `${begin.replace(/-+$/u, "")}${BUCKET_END}`,
    place,
    endpoint: r2Endpoint(cloudflare.accountId, place),
    lockSeconds: backup.keepDays * SECONDS_A_DAY,
    keepSeconds: {
      dumps: backup.keepDays * SECONDS_A_DAY,
      weekly: backup.keepWeeklyDays * SECONDS_A_DAY,
      monthly: backup.keepMonthlyDays * SECONDS_A_DAY,
    },
  };
}

/** Times of the dumps in cron's form, UTC. */
export function backupSchedule({ everyHours, hour }: Pick<Backup, "everyHours" | "hour">): string {
  const hours = Array.from({ length: 24 / everyHours }, (_, at) => (hour + at * everyHours) % 24);
  // Not on the hour, when many other jobs start; nor at :17, when upkeep does.
  return `7 ${hours.sort((one, other) => one - other).join(",")} * * *`;
}

/**
 * Time limit of a dump, seconds: four hours, longer than any database of this program's profiles
 * takes. One that hangs must not keep the next from starting.
 */
export const BACKUP_DEADLINE_SECONDS = 14_400;

/**
 * Age, seconds, from which the newest good dump raises an alarm. At one and a half intervals one
 * that failed is noticed, and one that is under way is not.
 */
export function tooOldAfter({ everyHours }: Pick<Backup, "everyHours">): number {
  return everyHours * 1.5 * 3_600;
}

/**
 * Warning of a preview about a server without dumps; undefined if it has them. It is no refusal: an
 * upgrade of this project must not stop a running server.
 */
export function noDumpsWarning({
  backup,
  domain,
}: Pick<StackConfig, "backup" | "domain">): string | undefined {
  return backup === undefined
    ? `mastodon:backup is not set, so no dump of the database of ${domain} exists outside DigitalOcean: with the cluster or the account its members' data is gone. Run \`npm run backup -- key --out FILE\`, with a file outside of this folder. docs/operate.md, "Backups".`
    : undefined;
}
