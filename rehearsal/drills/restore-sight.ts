import { readFile } from "node:fs/promises";
import { DATABASE_WORK_LOCK } from "../../domain/backup/lock.ts";
import { RESTORE_SCHEMA } from "../../domain/backup/names.ts";
import { PORTS } from "../data/config-files.ts";
import { TICKS } from "../pods/process-tree.ts";
import type { Rehearsal } from "../rehearsal.ts";

/** State and content of a restore's database, read by the cloud's agent. */

/** State of the database at one moment, without what open transactions have written. */
export interface Sight {
  readonly tables: number;
  /** Tables with a row. Tables that an open transaction has to itself are not counted. */
  readonly filled: number;
  readonly indexes: number;
  readonly foreignKeys: number;
  /** The restore's notes: one word each. */
  readonly notes: readonly ("open" | "ended")[];
  /**
   * Fingerprint of the tables and of the note's times. It changes if a table is dropped and created
   * again, even with the same rows.
   */
  readonly made: string;
}

/** All that a dump holds, by kind and name: rows as a checksum, everything else as its SQL. */
export type Shape = Readonly<Record<string, string>>;

const PUBLIC = "'public'::regnamespace";

const COUNTS = `SELECT
  (SELECT count(*)::int FROM pg_class WHERE relnamespace = ${PUBLIC} AND relkind = 'r') AS tables,
  (SELECT count(*)::int FROM pg_index JOIN pg_class ON pg_class.oid = indrelid WHERE relnamespace = ${PUBLIC}) AS indexes,
  (SELECT count(*)::int FROM pg_constraint WHERE connamespace = ${PUBLIC} AND contype = 'f') AS "foreignKeys",
  (SELECT coalesce(md5(string_agg(oid || ' ' || relfilenode, ',' ORDER BY oid)), '') FROM pg_class WHERE relnamespace = ${PUBLIC} AND relkind = 'r') AS made,
  to_regclass('${RESTORE_SCHEMA}.note') IS NOT NULL AS noted`;

/** Tables that can be read without waiting. */
const READABLE = `SELECT format('%I.%I', relnamespace::regnamespace::text, relname) AS name FROM pg_class
  WHERE relnamespace = ${PUBLIC} AND relkind = 'r'
    AND oid NOT IN (SELECT relation FROM pg_locks WHERE relation IS NOT NULL AND mode = 'AccessExclusiveLock')
  ORDER BY relname`;

const SHAPE = `
  SELECT 'index ' || indexrelid::regclass AS name, pg_get_indexdef(indexrelid) || CASE WHEN indisvalid THEN '' ELSE ' invalid' END AS text
    FROM pg_index JOIN pg_class ON pg_class.oid = indrelid WHERE relnamespace = ${PUBLIC}
  UNION ALL
  SELECT 'constraint ' || conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE connamespace = ${PUBLIC}
  UNION ALL
  SELECT 'sequence ' || sequencename, coalesce(last_value::text, 'unused') FROM pg_sequences WHERE schemaname = 'public'
  UNION ALL
  SELECT 'view ' || viewname, definition FROM pg_views WHERE schemaname = 'public'`;

/** Reads the state at this moment. */
export async function sightOf({ databases }: Rehearsal): Promise<Sight> {
  const [counts] = await databases.asAgent(COUNTS);
  const names = (await databases.asAgent(READABLE)).map(({ name }) => String(name));
  const rows = names.map((name) => `(SELECT 1 FROM ${name} LIMIT 1)`).join(" UNION ALL ");
  const filled = names.length === 0 ? [] : await databases.asAgent(rows);
  const notes =
    counts?.["noted"] === true
      ? await databases.asAgent(`SELECT begun, ended FROM ${RESTORE_SCHEMA}.note`)
      : [];
  return {
    tables: Number(counts?.["tables"]),
    filled: filled.length,
    indexes: Number(counts?.["indexes"]),
    foreignKeys: Number(counts?.["foreignKeys"]),
    notes: notes.map(({ ended }) => (ended === null ? "open" : "ended")),
    made: `${String(counts?.["made"])} ${JSON.stringify(notes)}`,
  };
}

/**
 * Seconds until the kernel asks whether the client that holds the lock on the database is still
 * there. Undefined if it never asks. It is timer 2 in the line of the server's socket (Linux,
 * `Documentation/networking/proc_net_tcp.rst`).
 */
export async function secondsToKeepalive({ databases }: Rehearsal): Promise<number | undefined> {
  const [row] = await databases.asAgent(
    `SELECT client_port AS port FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE locktype = 'advisory' AND granted AND objid = ${DATABASE_WORK_LOCK}`,
  );
  const [server, client] = [PORTS.postgres, Number(row?.["port"])].map((port) =>
    port.toString(16).toUpperCase().padStart(4, "0"),
  );
  const line = new RegExp(`:${server} [0-9A-F]{8}:${client} \\S+ \\S+ 02:([0-9A-F]{8}) `, "u");
  const [, ticks] = line.exec(await readFile("/proc/net/tcp", "utf8")) ?? [];
  return ticks === undefined ? undefined : Number.parseInt(ticks, 16) / TICKS;
}

/** Table in which the stand-in of Rails counts its boots, also after a restore. */
const BOOTS = "rehearsal_boots";

/** Reads everything. It waits for tables that an open transaction has to itself. */
export async function shapeOf({ databases }: Rehearsal): Promise<Shape> {
  const tables = (
    await databases.asAgent(
      `SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' AND tablename <> '${BOOTS}' ORDER BY 1`,
    )
  ).map(({ name }) => String(name));
  const sums = tables.map(
    (name) =>
      `SELECT 'table ${name}' AS name, count(*) || ' rows, ' || md5(coalesce(string_agg(line::text, chr(10) ORDER BY line::text COLLATE "C"), '')) AS text FROM public."${name}" AS line`,
  );
  const found = await databases.asAgent([...sums, SHAPE].join(" UNION ALL "));
  return Object.fromEntries(found.map(({ name, text }) => [String(name), String(text)]));
}

/** Differences of two shapes, one sentence each. */
export function differences(before: Shape, now: Shape): readonly string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(now)])]
    .filter((name) => before[name] !== now[name])
    .map((name) => `${name}: ${before[name] ?? "none"} before, ${now[name] ?? "none"} now`);
}
