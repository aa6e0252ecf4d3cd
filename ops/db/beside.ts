import type { Readable } from "node:stream";
import { FOREIGN_ENTRIES } from "../../domain/restore.ts";
import { collected } from "../pods/collected.ts";
import { ACCOUNT_TABLES, type AccountTable } from "./beside-tables.ts";
import type { RunInPod } from "./pod.ts";
import { asked, lastLine } from "./restore.ts";

/**
 * A dump as a second database on the same cluster, beside the one that serves. Nothing reads it but
 * these commands, and the server runs meanwhile.
 */

/** Name of the second database. */
export const BESIDE = "mastodon_beside";

/** Begin of each script: one function a database. */
const headOf = (name: string): string => `set -eu
export PGOPTIONS=--client-min-messages=error
live() { psql --no-psqlrc --no-align --tuples-only --quiet --set=ON_ERROR_STOP=1 "$@"; }
beside() { PGDATABASE=${name} live "$@"; }
`;
const HEAD = headOf(BESIDE);

/** Name and size of a second database. */
export interface Second {
  /** Its name. Default: {@link BESIDE}. */
  readonly name?: string;
  /** Bytes that it needs, if that is more than the live one has. Default: 0. */
  readonly leastBytes?: number;
}

/**
 * Room that must stay free on the disk, as a share of it. DigitalOcean makes a full database
 * read-only, also for members.
 */
const FREE_SHARE = 0.2;

/**
 * Creates the second database, as the administrator.
 * @throws Error if it is there, or too large.
 */
export async function makeBeside(
  admin: RunInPod,
  diskBytes: number,
  { name = BESIDE, leastBytes = 0 }: Second = {},
): Promise<void> {
  const there = await asked(admin, `SELECT count(*) FROM pg_database WHERE datname = '${name}'`);
  if (there !== "0")
    throw new Error(
      `There is a database ${name} already. Nothing was changed. \`npm run db -- beside drop\` drops it.`,
    );
  const [live = 0, all = 0] = (
    await asked(
      admin,
      "SELECT pg_database_size(current_database()) || ' ' || (SELECT sum(pg_database_size(oid)) FROM pg_database)",
    )
  )
    .split(" ")
    .map(Number);
  const own = Math.max(live, leastBytes);
  const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  if (all + own > diskBytes * (1 - FREE_SHARE))
    throw new Error(
      `The cluster's disk has ${gib(diskBytes)}, ${gib(all)} are used, and a second database needs up to ${gib(own)}: a fifth of the disk must stay free, because a full database is read-only for members. Nothing was changed. Set mastodon:postgres.storageGib higher, or fork the cluster in the control panel and look there.`,
    );
  await done(
    admin,
    `${headOf(name)}live --command='CREATE DATABASE ${name}'
beside --set=owner=mastodon <<'SQL'
GRANT ALL ON SCHEMA public TO :"owner";
SQL`,
  );
}

/** Fills it from a dump of \`pg_dump --format=custom\`, as the application's role. */
export async function fillBeside(
  run: RunInPod,
  open: () => Readable,
  { name = BESIDE }: Second = {},
): Promise<void> {
  const list = `${HEAD}pg_restore --list | grep -vE '${FOREIGN_ENTRIES}' >/tmp/beside`;
  await done(run, list, open());
  const options = "--no-owner --no-privileges --exit-on-error --use-list=/tmp/beside";
  await done(
    run,
    `${headOf(name)}pg_restore ${options} --dbname=${name} && beside --command=ANALYZE`,
    open(),
  );
}

/** Drops it, as the administrator. */
export async function dropBeside(admin: RunInPod, { name = BESIDE }: Second = {}): Promise<void> {
  await done(admin, `${HEAD}live --command='DROP DATABASE IF EXISTS ${name} WITH (FORCE)'`);
}

/** The answer of a second database to a query, as text. */
export async function askBeside(run: RunInPod, sql: string, name = BESIDE): Promise<string> {
  return await said(run, `${headOf(name)}beside --command="${sql}"`);
}

/** Rows of an account in one table, in both databases. */
export interface RowsOf {
  readonly table: string;
  readonly beside: number;
  readonly live: number;
}

/** Id of a local account in the second database. @throws Error if it has none of this name. */
export async function accountBeside(run: RunInPod, name: string): Promise<string> {
  if (!/^\w{1,30}$/u.test(name))
    throw new Error(`"${name}" is no name of a member: write it without @ and domain.`);
  const sql = `SELECT id FROM accounts WHERE lower(username) = lower('${name}') AND domain IS NULL`;
  const id = await askBeside(run, sql);
  if (id === "") throw new Error(`${BESIDE} has no member ${name}. Nothing was changed.`);
  return id;
}

/** Counts an account's rows in both databases. It changes nothing. */
export async function showBeside(run: RunInPod, id: string): Promise<readonly RowsOf[]> {
  const count = ({ table, where }: AccountTable): string => {
    const sql = `SELECT count(*) FROM ${table} WHERE ${where.replaceAll("$id", id)}`;
    return `if there ${table}; then echo ${table} $(beside --command="${sql}") $(live --command="${sql}"); fi`;
  };
  const script = [HEAD + THERE, ...ACCOUNT_TABLES.map(count)].join("\n");
  return (await said(run, script))
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => line.split(" "))
    .map(([table = "", beside, live]) => ({ table, beside: Number(beside), live: Number(live) }));
}

/** A table counts only if both databases have it. */
const THERE = `there() { [ "$(beside --command="SELECT to_regclass('public.$1') IS NOT NULL")$(live --command="SELECT to_regclass('public.$1') IS NOT NULL")" = tt ]; }
columns() {
  theirs=$(beside --command="SELECT string_agg(attname, ',') FROM pg_attribute WHERE attrelid = 'public.$1'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = ''")
  live --command="SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute WHERE attrelid = 'public.$1'::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attname = ANY (string_to_array('$theirs', ','))"
}`;

/**
 * Brings an account's missing rows into the database that serves, in one transaction. A row that is
 * there stays as it is. One that refers to something that is gone, such as a favourite of a post
 * that was deleted, is left behind.
 */
export async function bringFromBeside(run: RunInPod, id: string): Promise<void> {
  await done(
    run,
    `${HEAD}${THERE}
rm -f /tmp/came-through
{
echo 'BEGIN;'
${ACCOUNT_TABLES.map((each) => bringSql(each, id)).join("\n")}
touch /tmp/came-through
echo 'COMMIT;'
} | live
test -e /tmp/came-through`,
  );
}

/**
 * SQL for one table, written by `sh`, which knows the columns that both databases have. The insert
 * is built from the foreign keys of the live database. A row may refer to one that comes with it.
 */
function bringSql({ table, where }: AccountTable, id: string): string {
  return `if there ${table}; then
columns=$(columns ${table})
cat <<SQL
CREATE TEMP TABLE beside_${table} ON COMMIT DROP AS SELECT $columns FROM public.${table} WITH NO DATA;
COPY beside_${table} ($columns) FROM stdin;
SQL
beside --command="COPY (SELECT $columns FROM ${table} WHERE ${where.replaceAll("$id", id)}) TO stdout"
printf '%s\\n' '\\.'
cat <<SQL
SELECT format(
  'INSERT INTO public.${table} ($columns) SELECT $columns FROM beside_${table} b WHERE true%s ON CONFLICT DO NOTHING',
  coalesce(string_agg(format(
    ' AND (b.%1\\$I IS NULL OR EXISTS (SELECT FROM public.%2\\$I p WHERE p.%3\\$I = b.%1\\$I)%4\\$s)',
    own.attname, parent.relname, theirs.attname,
    CASE WHEN key.confrelid = key.conrelid
      THEN format(' OR EXISTS (SELECT FROM beside_${table} s WHERE s.%I = b.%I)', theirs.attname, own.attname)
      ELSE '' END
  ), ''), '')
)
FROM pg_constraint key
JOIN pg_class parent ON parent.oid = key.confrelid
JOIN pg_attribute own ON own.attrelid = key.conrelid AND own.attnum = key.conkey[1]
JOIN pg_attribute theirs ON theirs.attrelid = key.confrelid AND theirs.attnum = key.confkey[1]
WHERE key.contype = 'f' AND key.conrelid = 'public.${table}'::regclass AND cardinality(key.conkey) = 1
  AND EXISTS (SELECT FROM pg_attribute b WHERE b.attrelid = 'beside_${table}'::regclass AND b.attname = own.attname)
\\gexec
SQL
fi`;
}

async function done(run: RunInPod, script: string, input?: Readable): Promise<void> {
  await said(run, script, input);
}

async function said(run: RunInPod, script: string, input?: Readable): Promise<string> {
  const [{ out, text }, errors] = [collected(), collected()];
  const command = ["sh", "-c", script];
  const status = await run({ command, out, error: errors.out, ...(input && { input }) });
  if (status !== 0)
    throw new Error(`The database refused it, and nothing was changed: ${lastLine(errors.text())}`);
  return text().trim();
}
