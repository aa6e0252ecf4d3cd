import { z } from "zod";
import { MIGRATION_MINUTES } from "../update-time.ts";
import { POSTGRES_SIZES, VALKEY_SIZES } from "../../facts/digitalocean/database-plans.ts";
import { tensOfGib, whole } from "./values.ts";

const storageAutoscale = z
  .strictObject({
    enabled: z.boolean().default(true).meta({
      description:
        "Off, a full disk makes the database read-only. On, it only ever grows, and stays grown.",
    }),
    thresholdPercent: whole(
      15,
      95,
      80,
      "How full the disk gets before it grows, percent. DigitalOcean allows 15 to 95.",
    ).default(80),
    incrementGib: tensOfGib(
      10,
      500,
      10,
      "By how much it grows, GiB, once an hour at most; ten are about $2.10 a month.",
    ).default(10),
  })
  .prefault({})
  .meta({ description: "How the disk grows by itself." });

/**
 * Every value is above 0 on purpose: the provider can't send a 0 (`GetOk` in its
 * `resource_database_postgres_config.go`).
 */
const settings = z
  .strictObject({
    idleInTransactionSeconds: whole(
      1,
      604_800,
      300,
      "Ends sessions that hold a transaction open and do nothing, seconds: each holds a pool connection and stops vacuum.",
    ).default(300),
    slowStatementMilliseconds: whole(
      1,
      86_400_000,
      1_000,
      "Logs statements that take longer, milliseconds.",
    ).default(1_000),
    trackStatements: z.enum(["top", "all"]).default("top").meta({
      description:
        "What `pg_stat_statements` counts, which PgHero at `/pghero` reads: `top` the statements of clients, `all` also those inside functions.",
    }),
    backupHour: whole(
      1,
      23,
      2,
      "Hour of the daily backup, UTC; not the hour after midnight, which the provider can't send.",
    ).default(2),
  })
  .prefault({})
  .meta({ description: "Settings of the database server." });

/** A day, `2026-11-28`. */
const DAY = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/u;

/** A date without quotes: Pulumi passes it on as "2026-11-28 00:00:00 +0000 UTC". */
function asDay(input: unknown): string | undefined {
  const [day] = String(input).split(" ");
  return day !== undefined && DAY.test(day)
    ? `expected a day in quotes: write it as "${day}"`
    : undefined;
}

const origin = z
  .strictObject({
    since: z
      .string()
      .regex(DAY, { error: ({ input }) => asDay(input) })
      .optional()
      .meta({
        description:
          "Day since which a server lives in the database, UTC. A preview names it once the first update is through. Where it is set, an update refuses to begin anew if Pulumi's state is lost or another one's. Unset, only the state knows that a server lives.",
        allowed: "a day in quotes, as YYYY-MM-DD",
        examples: ["2026-11-28"],
      }),
    movedIn: z.boolean().default(false).meta({
      description:
        "Whether the data is that of a server that ran elsewhere: `npm run secrets -- init` then never makes the keys that this data is written with, and takes the old server's own in whatever form they have. Written by `npm run env -- import`.",
    }),
    epoch: whole(
      2,
      1_000,
      2,
      "Which life of the database this is; unset, the first. A higher number makes the next update run preflight, grants, both migrations and the search index again. Raised by `npm run db -- restore`. Raised by hand, while `stopped` names everything, it also lets an empty database be made in the place of one that is lost ([operate.md](operate.md)). **Never lower it.**",
    ).optional(),
    number: whole(
      2,
      1_000,
      2,
      "Which database cluster of this stack is the newest; unset, the first. A higher number makes a new one beside the former one, with the data of `dump` or of `cluster`. **Never lower it, unless the newest one may be forgotten.**",
    ).optional(),
    dump: z
      .strictObject({
        object: z
          .string()
          .regex(/^(dumps|weekly|monthly)\/[A-Za-z0-9_.-]+\/\d{8}T\d{6}Z\.dump\.age$/u)
          .meta({
            description: "Its key in the bucket of `backup`.",
            allowed: "the key of a dump, as `npm run backup -- list` shows it",
            examples: ["dumps/prod/20261128T010000Z.dump.age"],
          }),
        sha256: z
          .string()
          .regex(/^[0-9a-f]{64}$/u)
          .meta({
            description: "SHA-256 of the object, from its manifest.",
            allowed: "64 hex digits in lower case",
            examples: ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"],
          }),
        bytes: whole(1, 2 ** 40, 812_345_678, "Size of the object, bytes, from its manifest."),
        restored: z.boolean().default(false).meta({
          description:
            "Whether its update is through. Then the restore's Job and the secret `dumpFileKey` are no longer needed, and the next update deletes them.",
        }),
      })
      .optional()
      .meta({
        description:
          "A dump that the next update restores into the new cluster, before anybody is let in. `sidekiq` must be in `stopped` for that. Written by `npm run rebuild -- database`.",
      }),
    cluster: z
      .strictObject({
        id: z.uuid().meta({
          description: "Its id, as `doctl databases list` shows it.",
          allowed: "an id, as DigitalOcean writes it",
          examples: ["9cc10173-e9ea-4176-9dbc-a4cee4c4ff30"],
        }),
        name: z
          .string()
          .regex(/^[a-z][a-z0-9-]{2,62}$/u)
          .meta({
            description: "Its name there: another one would replace it.",
            allowed: "a name, as DigitalOcean writes it",
            examples: ["postgres-cluster-8efc904-fork"],
          }),
      })
      .optional()
      .meta({
        description:
          "A database cluster that DigitalOcean made and the next update takes over, as the one with this `number`: a fork, or a point in time.",
      }),
  })
  .optional()
  .meta({
    description: "Where the database's content comes from. Unset: it was born in this stack.",
  });

/** The key `postgres`. */
export const postgresSchema = z
  .strictObject({
    size: z.enum(POSTGRES_SIZES).meta({
      description: "Plan. It can grow in place and never shrink.",
    }),
    nodes: whole(1, 3, 2, "1, or 2 to 3 with standbys that take over by themselves."),
    poolConnections: whole(
      1,
      1000,
      190,
      'Server connections of the transaction pool that web, streaming and Sidekiq share. **A change replaces the pool: for some seconds nobody reaches the database, and every streaming pod ends and begins again, so all members\' live connections drop at once.** docs/operate.md, "Growing".',
    ),
    storageGib: tensOfGib(
      10,
      20_000,
      140,
      "Disk, GiB; left out, what the plan brings. It can grow and never shrink. With storage autoscaling it is only used at creation.",
    ).optional(),
    storageAutoscale,
    settings,
    migrationMinutes: whole(
      10,
      2_880,
      75,
      "The longest that each of a release's two migrations may take, minutes; one that is cut off is begun again by the next `up`. More than CI's time allows is run from a machine that stays on ([operate.md](operate.md)).",
    ).default(MIGRATION_MINUTES),
    origin,
    former: z
      .enum(["keep", "serve", "release"])
      .optional()
      .meta({
        description:
          "The database cluster before the one of `origin.number`. `keep`, the default: it stays, and admits nobody. `serve`: it serves again, and the newer one stays and admits nobody. `release`: this stack forgets it, and never deletes it; it is billed until it is deleted by hand.",
        examples: ["release"],
      }),
    readReplica: z
      .strictObject({
        size: z.enum(POSTGRES_SIZES).meta({
          description: "Plan; no smaller than the database's, or it can't hold it.",
        }),
      })
      .optional()
      .meta({
        description:
          "Left out, there is none. Mastodon's reads that may be a moment late go to it. It costs as much as a database without standby.",
      }),
  })
  .meta({
    description:
      "Managed Postgres, with daily backups and seven days of recovery to a point in time.",
  });

const valkeySize = z.enum(VALKEY_SIZES).meta({ description: "Plan." });

/** The key `valkey`. */
export const valkeySchema = z
  .strictObject({
    size: valkeySize,
    nodes: whole(
      1,
      3,
      2,
      "1, or 2 to 3 with standbys that take over by themselves; what was written in the last moment may be lost on the way.",
    ).default(1),
    cache: z.strictObject({ size: valkeySize }).optional().meta({
      description:
        "A second Valkey for the cache alone, which may forget; the first one, with Sidekiq's jobs, then never fills up with it.",
    }),
  })
  .meta({
    description: "Managed Valkey: queues, feeds, cache. DigitalOcean makes no backup of it.",
  });
