import type { Rehearsal } from "../../rehearsal.ts";
import { saidBy } from "../job-run.ts";
import { backupBucket, runBackup, wordOf, type BackupRun } from "./run.ts";
import { runAtBeginning, runInTheMiddle } from "./held.ts";
import { ACCOUNT_TOKEN } from "../../clouds/cloudflare/account-token.ts";
import { read } from "../../clouds/properties.ts";

/** A backup that is broken on purpose, and how it must be told from a good one. */
export interface BrokenBackup {
  readonly what: string;
  /** The words of the bucket about it: `wordOf`. */
  readonly word: string;
  /** Whether its Job must be complete. */
  readonly succeeds: boolean;
  /** Words that its log must have. */
  readonly says?: RegExp;
  /** Number of objects that it must leave. Default: any, for the moment of a cut decides it. */
  readonly leaves?: number;
  readonly run: (rehearsal: Rehearsal) => Promise<BackupRun>;
}

/** The table's row of a broken backup, and its complaints. */
export interface BrokenRow {
  readonly cells: readonly string[];
  readonly complaints: readonly string[];
  readonly run: BackupRun;
}

const NO_DUMP = { word: "no dump", succeeds: false } as const;

/** All of them. The first one is whole, so each other one must differ from it. */
export const BROKEN: readonly BrokenBackup[] = [
  {
    what: "none: a good one",
    ...{ word: "good", succeeds: true },
    run: (rehearsal) => runBackup(rehearsal),
  },
  {
    what: "pg_dump killed in the middle",
    ...NO_DUMP,
    says: /pg_dump ended with 137/u,
    run: (rehearsal) =>
      runInTheMiddle(rehearsal, (job) => job.signal("dump", "SIGKILL", "pg_dump")),
  },
  {
    what: "container dump killed in the middle",
    ...NO_DUMP,
    says: /dump 137/u,
    run: (rehearsal) => runInTheMiddle(rehearsal, (job) => job.signal("dump", "SIGKILL")),
  },
  {
    what: "container encrypt killed in the middle",
    ...NO_DUMP,
    says: /encrypt 137/u,
    run: (rehearsal) => runInTheMiddle(rehearsal, (job) => job.signal("encrypt", "SIGKILL")),
  },
  {
    what: "container store killed in the middle",
    ...NO_DUMP,
    says: /store 137/u,
    run: (rehearsal) => runInTheMiddle(rehearsal, (job) => job.signal("store", "SIGKILL")),
  },
  {
    what: "database refuses the role",
    ...NO_DUMP,
    run: async (rehearsal) => {
      const login = (word: string): Promise<unknown> =>
        rehearsal.databases.asAgent(`ALTER ROLE mastodon_backup ${word}`);
      await login("NOLOGIN");
      return await runBackup(rehearsal).finally(() => login("LOGIN"));
    },
  },
  {
    what: "session ended by the database in the middle",
    ...NO_DUMP,
    says: /pg_dump ended with 1/u,
    run: (rehearsal) =>
      runInTheMiddle(rehearsal, async () => {
        await rehearsal.databases.asAgent(
          "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = 'pg_dump'",
        );
      }),
  },
  {
    what: "stream to the bucket cut",
    ...NO_DUMP,
    run: async (rehearsal) => {
      rehearsal.objects.faults.cutAfter = 100_000;
      return await runBackup(rehearsal).finally(() => {
        rehearsal.objects.faults.cutAfter = undefined;
      });
    },
  },
  {
    what: "bucket full",
    ...NO_DUMP,
    says: /QuotaExceeded/u,
    run: async (rehearsal) => {
      rehearsal.objects.faults.room = 100_000;
      return await runBackup(rehearsal).finally(() => {
        rehearsal.objects.faults.room = undefined;
      });
    },
  },
  {
    what: "bucket full after the dump, before its manifest",
    ...NO_DUMP,
    leaves: 1,
    says: /QuotaExceeded/u,
    run: async (rehearsal) => {
      const sizes = rehearsal.world.r2
        .list(backupBucket(rehearsal), "dumps/")
        .map(([, { size }]) => size);
      // A little more than a dump: two differ by some bytes, and a manifest has hundreds.
      rehearsal.objects.faults.room = Math.max(...sizes) + 200;
      return await runBackup(rehearsal).finally(() => {
        rehearsal.objects.faults.room = undefined;
      });
    },
  },
  {
    what: "key of the bucket withdrawn",
    ...NO_DUMP,
    says: /Unauthorized/u,
    run: async (rehearsal) => {
      const token = rehearsal.world
        .find(ACCOUNT_TOKEN)
        .find(({ properties }) => /dumps/u.test(read.text(properties, "name")));
      if (token === undefined) throw new Error("There is no key of the bucket.");
      const { properties } = token;
      token.properties = { ...properties, status: "disabled" };
      return await runBackup(rehearsal).finally(() => {
        token.properties = properties;
      });
    },
  },
  {
    what: "second one at once",
    ...NO_DUMP,
    says: /at work/u,
    run: async (rehearsal) => {
      let second: BackupRun | undefined;
      const first = await runAtBeginning(rehearsal, async () => {
        second = await runBackup(rehearsal);
      });
      if (second === undefined || !first.succeeded)
        throw new Error(`The first one of two failed: ${saidBy(first)}`);
      return second;
    },
  },
  // The last two lose rows for good.
  {
    what: "database that answers without members",
    ...{ word: "suspicious: no-accounts", succeeds: true },
    run: async (rehearsal) => {
      await rehearsal.databases.asAgent("DELETE FROM users");
      return await runBackup(rehearsal);
    },
  },
  {
    what: "database that lost most of its posts",
    ...{ word: "suspicious: no-accounts, smaller", succeeds: true },
    run: async (rehearsal) => {
      await rehearsal.databases.asAgent("TRUNCATE statuses, media_attachments, conversations");
      return await runBackup(rehearsal);
    },
  },
];

/** Breaks a backup, and says whether it was told from a good one. */
export async function broken(
  rehearsal: Rehearsal,
  { what, word, succeeds, says, leaves, run }: BrokenBackup,
): Promise<BrokenRow> {
  const made = await run(rehearsal);
  const seen = wordOf(rehearsal, made);
  const said = saidBy(made);
  const result = made.succeeded ? "complete" : "failed";
  return {
    run: made,
    cells: [
      what,
      `${result}: ${[...made.results].map(([name, { exitCode }]) => `${name} ${exitCode ?? 137}`).join(", ")}`,
      `${made.keys.length} objects`,
      seen,
    ],
    complaints: [
      ...(made.succeeded === succeeds ? [] : [`${what}: the Job is ${result}: ${said}`]),
      ...(seen === word ? [] : [`${what}: the bucket says ${seen}: ${said}`]),
      ...(leaves === undefined || made.keys.length === leaves
        ? []
        : [`${what}: it leaves ${made.keys.join(", ") || "nothing"}`]),
      ...(says === undefined || says.test(said) ? [] : [`${what}: its log says ${said}`]),
    ],
  };
}
