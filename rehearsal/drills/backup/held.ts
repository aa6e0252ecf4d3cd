import pg from "pg";
import { PORTS } from "../../data/config-files.ts";
import type { JobPod } from "../../pods/job-pod.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { until } from "../job-run.ts";
import { runBackup, type BackupRun } from "./run.ts";

/** A table that every release has, and that no step before pg_dump asks for. */
const TABLE = "web_push_subscriptions";
/** Bytes that a pipe holds (pipe(7)). With as many written, pg_dump waits for a reader. */
const PIPE_BYTES = 65_536;
const PATIENCE_MS = 60_000;

/** A session of the database's administrator on this machine. */
export async function openAgent(
  { databases, world }: Pick<Rehearsal, "databases" | "world">,
  database = "mastodon",
): Promise<pg.Client> {
  const host = [...world.databaseServers.keys()]
    .map((id) => databases.socketFolder(id))
    .find(Boolean);
  if (host === undefined) throw new Error("There is no Postgres to open a session in.");
  const client = new pg.Client({ host, port: PORTS.postgres, user: "postgres", database });
  await client.connect();
  return client;
}

/**
 * Runs a backup while pg_dump waits at its beginning. Its session has the lock and the snapshot,
 * and there is no byte of the dump yet.
 */
export async function runAtBeginning(
  rehearsal: Rehearsal,
  act: (job: JobPod) => Promise<void>,
): Promise<BackupRun> {
  return await runBlocked(rehearsal, async (job, release) => {
    await act(job);
    await release();
  });
}

/**
 * Runs a backup that stands still in the middle of its dump, because its reader, the encryption, is
 * stopped. So an accident hits it there, on a machine of any speed. The encryption then continues.
 */
export async function runInTheMiddle(
  rehearsal: Rehearsal,
  act: (job: JobPod) => Promise<void>,
): Promise<BackupRun> {
  return await runBlocked(rehearsal, async (job, release) => {
    await job.signal("encrypt", "SIGSTOP");
    await release();
    await until(
      "a full pipe",
      async () => {
        const written = (await job.processes("dump"))
          .filter(({ name }) => name === "tee")
          .reduce((sum, { writtenBytes }) => sum + writtenBytes, 0);
        return written >= PIPE_BYTES || undefined;
      },
      PATIENCE_MS,
    );
    await act(job);
    // It may be the one that was killed.
    await job.signal("encrypt", "SIGCONT").catch(() => undefined);
  });
}

async function runBlocked(
  rehearsal: Rehearsal,
  during: (job: JobPod, release: () => Promise<void>) => Promise<void>,
): Promise<BackupRun> {
  const client = await openAgent(rehearsal);
  try {
    await client.query(`BEGIN; LOCK TABLE ${TABLE} IN ACCESS EXCLUSIVE MODE`);
    return await runBackup(rehearsal, async (job) => {
      await until("pg_dump at its first lock", () => waits(rehearsal), PATIENCE_MS);
      await during(job, async () => void (await client.query("ROLLBACK")));
    });
  } finally {
    await client.end();
  }
}

/** Whether pg_dump waits for a table. */
async function waits({ databases }: Rehearsal): Promise<true | undefined> {
  const rows = await databases.asAgent(
    "SELECT 1 FROM pg_stat_activity WHERE application_name = 'pg_dump' AND wait_event_type = 'Lock'",
  );
  return rows.length > 0 || undefined;
}
