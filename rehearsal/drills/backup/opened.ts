import { chmod, mkdir, rm, writeFile } from "node:fs/promises";
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import type pg from "pg";
import { PORTS } from "../../data/config-files.ts";
import { findServerUser } from "../../data/server-user.ts";
import { runInSandbox, type SandboxResult } from "../../pods/sandbox.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { openAgent } from "./held.ts";
import { backupBucket } from "./run.ts";

/** Database into which a dump is restored beside the live one. */
export const RESTORED = "mastodon_restored";

const TIMEOUT_MS = 1_800_000;

/** A dump that was opened by programs that are not this project's. */
export interface Opened extends SandboxResult {
  /** Seconds of `age` and of `pg_restore`. */
  readonly seconds: number;
}

/**
 * Decrypts a dump with Debian's `age` and the operator's identity, and restores it with Debian's
 * `pg_restore` into an empty database beside the live one.
 */
export async function openDump(
  rehearsal: Rehearsal,
  object: string,
  identity: string,
): Promise<Opened> {
  const user = await findServerUser();
  const folder = join(rehearsal.directory, "opened");
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o777);
  const stored = rehearsal.world.r2.get(backupBucket(rehearsal), object);
  if (stored === undefined) throw new Error(`The bucket has no ${object}.`);
  await pipeline(stored.read(), createWriteStream(join(folder, "dump.age")));
  await writeFile(join(folder, "identity"), `${identity}\n`);
  const agent = await openAgent(rehearsal, "postgres");
  try {
    await agent.query(`DROP DATABASE IF EXISTS ${RESTORED}`);
    await agent.query(`CREATE DATABASE ${RESTORED} TEMPLATE template0`);
    const socket = agent.host;
    const started = performance.now();
    const result = await runInSandbox({
      root: rehearsal.imageRoot,
      program: ["bash", "-euc", SCRIPT],
      environment: {
        ...{ PGHOST: socket, PGPORT: String(PORTS.postgres), PGUSER: "postgres" },
        PGDATABASE: RESTORED,
      },
      mounts: [
        { source: folder, target: "/opened", readOnly: false },
        { source: socket, target: socket, readOnly: false },
      ],
      ...{ uid: user.uid, gid: user.gid, hosts: new Map(), trustStore: "" },
      timeoutMs: TIMEOUT_MS,
    });
    return { ...result, seconds: (performance.now() - started) / 1_000 };
  } finally {
    await agent.end();
    await rm(folder, { recursive: true, force: true });
  }
}

const SCRIPT = `age --decrypt --identity /opened/identity --output /opened/dump /opened/dump.age
pg_restore --jobs=2 --no-owner --no-privileges --exit-on-error --dbname="$PGDATABASE" /opened/dump`;

/** Content of a database: what a restore must bring back. */
export interface DatabaseContent {
  /** `1031 rows, sum 7…` by table; the sum does not depend on the rows' order. */
  readonly tables: ReadonlyMap<string, string>;
  /** Definition of each index that is valid, and of each view and sequence. */
  readonly objects: ReadonlyMap<string, string>;
}

/** Reads the content of a database. */
export async function contentOf(rehearsal: Rehearsal, database: string): Promise<DatabaseContent> {
  const agent = await openAgent(rehearsal, database);
  try {
    const tables = new Map<string, string>();
    for (const [name] of await pairs(agent, TABLES))
      for (const [, sum] of await pairs(agent, sumOf(name))) tables.set(name, sum);
    return { tables, objects: new Map(await pairs(agent, OBJECTS)) };
  } finally {
    await agent.end();
  }
}

const TABLES = `SELECT relname, '' FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') ORDER BY 1`;

const sumOf = (table: string): string =>
  `SELECT '', count(*) || ' rows, sum ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) FROM public."${table}" t`;

const OBJECTS = `SELECT 'index ' || relname, pg_get_indexdef(oid) FROM pg_class JOIN pg_index ON indexrelid = oid
  WHERE relnamespace = 'public'::regnamespace AND indisvalid
UNION ALL SELECT 'view ' || viewname, definition FROM pg_views WHERE schemaname = 'public'
UNION ALL SELECT 'sequence ' || sequencename, coalesce(last_value, 0)::text FROM pg_sequences WHERE schemaname = 'public'`;

async function pairs(client: pg.Client, sql: string): Promise<[name: string, text: string][]> {
  return (await client.query<string[]>({ text: sql, rowMode: "array" })).rows.map(
    ([name = "", text = ""]) => [name, text],
  );
}

/** Differences of a restored database, a line each. */
export function differencesOf(before: DatabaseContent, after: DatabaseContent): readonly string[] {
  const compared = (one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>) =>
    [...new Set([...one.keys(), ...other.keys()])]
      .filter((name) => one.get(name) !== other.get(name))
      .map(
        (name) => `${name}: ${one.get(name) ?? "none"} before, ${other.get(name) ?? "none"} now`,
      );
  return [...compared(before.tables, after.tables), ...compared(before.objects, after.objects)];
}
