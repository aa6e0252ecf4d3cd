import {
  POSTGRES_GIB_PRICE,
  POSTGRES_INCLUDED_GIB,
  R2_PRICES,
} from "../../facts/digitalocean/prices.ts";
import type { StackConfig } from "../../config/schema.ts";
import { budgetOf, type Budget } from "./budget.ts";

/**
 * Growth of database and media. Pure. Few operators have published it, and for none of their
 * servers is it known for certain how many members were active. Therefore it is our guess which row
 * a server of a given number of members takes. No number is made up if nobody published one.
 */

/** Growth that was observed on one or two public servers. */
interface Seen {
  /** For servers of so many members at most. */
  readonly members: number;
  readonly databaseMbADay: number;
  /** Undefined: nobody has said. */
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
    // montereybay.social, June 2023: 106 GB in 135 days, with 39 members and nothing cleared away.
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
  /** The disk that it begins with, GiB; undefined where the plan's is not known. */
  readonly diskGib: number | undefined;
  /** The disk then, GiB, grown by itself where it may. */
  readonly grownDiskGib: number | undefined;
  /** Dollars a month for what the disk grew by, on all nodes. */
  readonly diskDollars: number;
  /** Undefined: nobody has said. */
  readonly mediaGb: number | undefined;
  /** Dollars a month at R2. */
  readonly mediaDollars: number;
}

type Growing = Pick<StackConfig, "members" | "postgres" | "media">;

/**
 * A year from the first `up`; undefined for a server larger than any that has said how it grows.
 */
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

/** The disk that storage autoscaling has made of it; the same where it is off. */
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
 * The disk of the database after a year. Told where the disk grows by itself, which it then has
 * done; where it may not, a full one is the operator's decision (`postgres.storageAutoscale`), and
 * no reason to refuse an update today.
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
