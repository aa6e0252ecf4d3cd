import {
  POSTGRES_GIB_PRICE,
  POSTGRES_INCLUDED_GIB,
  R2_PRICES,
} from "../../facts/digitalocean/prices.ts";
import type { StackConfig } from "../../config/schema.ts";
import { budgetOf, type Budget } from "./budget.ts";

/**
 * Growth of database and media. Few operators have published theirs, and the number of active
 * members is certain for none of these servers. So the row for a given number of members is a
 * guess. If no one published a number, none is invented.
 */

/** Growth that was observed on one or two public servers. */
interface Seen {
  /** Maximum number of members for this row. */
  readonly members: number;
  readonly databaseMbADay: number;
  /** Undefined: not published. */
  readonly mediaMbADay?: number;
}

const DAYS = 365;
const MB_A_GIB = 1024 ** 3 / 1e6;

/** Smallest first. */
const SEEN: readonly Seen[] = [
  {
    members: 500,
    // neuromatch.social, 2023: 13.5 GB after eight months.
    databaseMbADay: 56,
    // montereybay.social, June 2023: 106 GB in 135 days, with 39 members and without any clean-up.
    mediaMbADay: 106_000 / 135,
  },
  {
    members: 5_000,
    // sunny.garden, 2024: 200 MB a day.
    databaseMbADay: 200,
  },
];

/** Sizes and costs of a server's database and media after its first year. */
export interface Grown {
  readonly databaseGb: number;
  /** Disk at the start, GiB; undefined if the plan's is not known. */
  readonly diskGib: number | undefined;
  /** Disk after the year, GiB, with storage autoscaling if it is on. */
  readonly grownDiskGib: number | undefined;
  /** Dollars a month for the disk's growth, on all nodes. */
  readonly diskDollars: number;
  /** Undefined: not published. */
  readonly mediaGb: number | undefined;
  /** Dollars a month at R2. */
  readonly mediaDollars: number;
}

type Growing = Pick<StackConfig, "members" | "postgres" | "media">;

/** A year after the first `up`; undefined for a server larger than any with published growth. */
export function afterAYear({ members, postgres }: Growing): Grown | undefined {
  const seen = SEEN.find((one) => members <= one.members);
  if (seen === undefined) return undefined;
  const databaseGb = (seen.databaseMbADay * DAYS) / 1_000;
  const diskGib = postgres.storageGib ?? POSTGRES_INCLUDED_GIB[postgres.size];
  const grownDiskGib = diskGib === undefined ? undefined : grown(diskGib, databaseGb, postgres);
  const more = (grownDiskGib ?? 0) - (diskGib ?? 0);
  const mediaGb = seen.mediaMbADay === undefined ? undefined : (seen.mediaMbADay * DAYS) / 1_000;
  return {
    databaseGb: Math.round(databaseGb),
    diskGib,
    grownDiskGib,
    diskDollars: more * postgres.nodes * POSTGRES_GIB_PRICE,
    mediaGb: mediaGb === undefined ? undefined : Math.round(mediaGb),
    mediaDollars: Math.max(0, (mediaGb ?? 0) - R2_PRICES.storage.freeGb) * R2_PRICES.storage.perGb,
  };
}

/** The disk after storage autoscaling; unchanged if that is off. */
function grown(
  diskGib: number,
  databaseGb: number,
  { storageAutoscale: { enabled, thresholdPercent, incrementGib } }: Growing["postgres"],
): number {
  const used = (databaseGb * 1_000) / MB_A_GIB;
  const short = (used * 100) / thresholdPercent - diskGib;
  return enabled ? diskGib + Math.max(0, Math.ceil(short / incrementGib)) * incrementGib : diskGib;
}

/**
 * The disk of the database after a year. It is shown only with storage autoscaling, which has then
 * grown the disk. Without it, a full disk is the operator's decision (`postgres.storageAutoscale`),
 * and no reason to refuse an update today.
 */
export function diskBudgets(config: Growing): readonly Budget[] {
  const year = afterAYear(config);
  if (year?.grownDiskGib === undefined || !config.postgres.storageAutoscale.enabled) return [];
  const gib = Math.ceil((year.databaseGb * 1_000) / MB_A_GIB);
  return [
    budgetOf(
      {
        code: "database-disk",
        key: "postgres.storageGib",
        what: "Disk of Postgres after a year",
      },
      [{ who: `${DAYS} days of what servers of this size were seen to write`, amount: gib }],
      year.grownDiskGib,
      `mastodon:postgres.size ${config.postgres.size} begins with ${year.diskGib} GiB and has grown to`,
      " GiB",
    ),
  ];
}
