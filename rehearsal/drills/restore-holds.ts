import type pg from "pg";
import type { Rehearsal } from "../rehearsal.ts";
import { openAgent } from "./backup/held.ts";
import { until } from "./job-run.ts";

/**
 * Holds a restore at one moment of its life until the drill lets go. So no machine is too fast or
 * too slow for a kill. The restore itself is not changed. The bucket keeps an answer back, or an
 * event trigger of the cloud's agent waits inside a statement of the restore.
 */

/** A moment at which a restore can be held. */
export type HoldPoint = "download" | keyof typeof STATEMENTS;

/** Something that a restore waits at. */
export interface Hold {
  /**
   * Resolves once the restore waits there.
   * @returns the process id of its session in the database; undefined if it has none yet.
   */
  readonly reached: () => Promise<number | undefined>;
  /**
   * Lets go as soon as the next try waits for what the killed one left in the database, or nothing
   * of it is left there.
   */
  readonly releaseToNext: () => Promise<void>;
  readonly release: () => Promise<void>;
  /** Lets go, and removes every trace. */
  readonly close: () => Promise<void>;
}

/** Number of the advisory lock of a drill. No other program has it. */
const LOCK = 7_391_000;
/** Milliseconds in which a restore comes to each of its moments. */
const PATIENCE_MS = 120_000;

/** Statements of a restore that can be held, by the object that is created there. */
const STATEMENTS = {
  /** The creation of a table, after other tables and before its commit. */
  tables: { object: "public.statuses" },
  /** The copy of a table's rows, in its middle. */
  rows: {
    object: "public.statuses",
    trigger: "BEFORE INSERT ON public.statuses FOR EACH ROW WHEN (NEW.id = 1000)",
  },
  /** The creation of an index, before its commit. */
  indexes: { object: "public.index_of_a_fork_on_note" },
  /** The update that notes the end. */
  end: {
    object: "mastodon_restore.note",
    trigger: "BEFORE UPDATE ON mastodon_restore.note FOR EACH ROW",
  },
} as const;

/**
 * Prepares a hold, before the restore begins.
 * @param object key of the dump in the bucket.
 */
export async function holdAt(
  rehearsal: Rehearsal,
  point: HoldPoint,
  object: string,
): Promise<Hold> {
  return point === "download"
    ? holdDownload(rehearsal, object)
    : await holdStatement(rehearsal, STATEMENTS[point]);
}

/** The bucket keeps its answer back. */
function holdDownload({ objects }: Rehearsal, object: string): Hold {
  const gate = Promise.withResolvers<void>();
  let asked = false;
  objects.faults.sending = async (key) => {
    if (key !== object) return;
    asked = true;
    await gate.promise;
  };
  const release = (): Promise<void> => {
    objects.faults.sending = undefined;
    gate.resolve();
    return Promise.resolve();
  };
  return {
    reached: async () => {
      await until("the download of the dump", () => asked || undefined, PATIENCE_MS);
      return undefined;
    },
    ...{ release, releaseToNext: release, close: release },
  };
}

async function holdStatement(
  rehearsal: Rehearsal,
  { object, trigger }: { readonly object: string; readonly trigger?: string },
): Promise<Hold> {
  const agent = await openAgent(rehearsal);
  const wait = `PERFORM pg_catalog.pg_advisory_xact_lock_shared(${LOCK})`;
  const held =
    trigger === undefined ? wait : `CREATE TRIGGER held ${trigger} EXECUTE FUNCTION held.wait()`;
  await agent.query(`SELECT pg_advisory_lock(${LOCK})`);
  await agent.query(`
    CREATE SCHEMA held;
    GRANT USAGE ON SCHEMA held TO PUBLIC;
    CREATE FUNCTION held.wait() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN ${wait}; RETURN NEW; END $$;
    CREATE FUNCTION held.at() RETURNS event_trigger LANGUAGE plpgsql AS $$
      DECLARE made text; BEGIN
        FOR made IN SELECT object_identity FROM pg_event_trigger_ddl_commands() WHERE command_tag LIKE 'CREATE %' LOOP
          IF made = '${object}' THEN ${held}; END IF;
        END LOOP;
      END $$;
    CREATE EVENT TRIGGER held ON ddl_command_end EXECUTE FUNCTION held.at()`);
  let waiting: number | undefined;
  const release = async (): Promise<void> =>
    void (await agent.query(`SELECT pg_advisory_unlock(${LOCK})`));
  return {
    reached: async () =>
      (waiting = await until(
        `a restore that waits at ${object}`,
        () => number(agent, WAITING),
        PATIENCE_MS,
      )),
    release,
    releaseToNext: async () => {
      await until(
        "the next try at what the killed one left",
        () => number(agent, nextIsThere(waiting!)),
        PATIENCE_MS,
      );
      await release();
    },
    close: async () => {
      await agent.query("SELECT pg_advisory_unlock_all()");
      await agent.query("DROP EVENT TRIGGER held; DROP SCHEMA held CASCADE");
      await agent.end();
    },
  };
}

/** Session that waits at the hold. */
const WAITING = `SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = ${LOCK}`;

/** A row if a session of the killed try is gone, or another one waits for it. */
function nextIsThere(pid: number): string {
  return `SELECT 1 WHERE NOT EXISTS (SELECT FROM pg_stat_activity WHERE pid = ${pid}) OR EXISTS (SELECT FROM pg_stat_activity WHERE ${pid} = ANY (pg_blocking_pids(pid)))`;
}

/** First value of the first row. */
async function number(agent: pg.Client, sql: string): Promise<number | undefined> {
  const { rows } = await agent.query<Record<string, number>>(sql);
  return Object.values(rows[0] ?? {})[0];
}
