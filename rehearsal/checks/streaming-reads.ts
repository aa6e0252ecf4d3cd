import type { V1Pod } from "@kubernetes/client-node";
import type { StreamingReads } from "../../k8s/streaming-grants-script.ts";
import type { ProbeGround } from "../pods/probes.ts";
import { queryFromPod, statesFromPod } from "../pods/query-from-pod.ts";
import { checkOf, type Check } from "./check.ts";

/** Postgres' codes for "done" and "not allowed" (postgresql.org, "PostgreSQL Error Codes"). */
const [DONE, REFUSED] = ["00000", "42501"] as const;

/** Pods from which the check connects. */
export interface Askers {
  readonly streaming: V1Pod;
  /** A pod that connects as the application, which owns the tables. */
  readonly web: V1Pod;
  /** A pod that connects as DigitalOcean's administrator. */
  readonly grants: V1Pod;
}

/** Statements that must be refused, by their effect. */
const WRITES: Readonly<Record<string, string>> = {
  "writing a setting": "INSERT INTO public.settings (var) VALUES ('x')",
  "making somebody an owner": "UPDATE public.users SET role_id = 1",
  "taking a block away": "DELETE FROM public.blocks",
  "emptying a table": "TRUNCATE public.mutes",
  "making a table": "CREATE TABLE public.its_own (id int)",
  "taking a table": "DROP TABLE public.lists",
  "reading all of a table": "SELECT * FROM public.users LIMIT 0",
  "reading files of the server": "SELECT pg_read_file('PG_VERSION') LIMIT 0",
  "reading other roles' passwords": "SELECT rolpassword FROM pg_authid LIMIT 0",
};

/**
 * Reads every column of every table and view with streaming's role, through the pool. The columns
 * that streaming needs must be readable, all others refused. Writes and other databases must be
 * refused, too.
 */
export async function checkStreamingReads(
  askers: Askers,
  reads: StreamingReads,
  ground: ProbeGround,
): Promise<Check> {
  const columns = await columnsOf(askers.web, ground);
  const wanted = Object.entries(reads).flatMap(([table, names]) =>
    names.map((name) => `${table}.${name}`),
  );
  const asStreaming = (statements: readonly string[]): Promise<readonly string[]> =>
    statesFromPod(askers.streaming, "streaming", statements, ground);
  const states = await asStreaming(
    columns.map(([table, column]) => `SELECT "${column}" FROM public."${table}" LIMIT 0`),
  );
  const readable = columns
    .map(([table, column]) => `${table}.${column}`)
    .filter((_, at) => states[at] === DONE);
  const writes = await asStreaming(Object.values(WRITES));
  const elsewhere = await otherDatabase(askers, ground);
  return checkOf(
    "streaming's role reads the columns that streaming reads, and is refused every other, every write and every other database",
    [
      ...wanted.filter((one) => !readable.includes(one)).map((one) => `${one} can't be read`),
      ...readable.filter((one) => !wanted.includes(one)).map((one) => `${one} can be read`),
      ...states
        .filter((state) => state !== DONE && state !== REFUSED)
        .map((state) => `a column was answered with ${state}`),
      ...Object.keys(WRITES).flatMap((what, at) =>
        writes[at] === REFUSED ? [] : [`${what} was answered with ${String(writes[at])}`],
      ),
      ...(elsewhere === REFUSED ? [] : [`a table of defaultdb was answered with ${elsewhere}`]),
    ],
    `${readable.length} columns of ${Object.keys(reads).length} tables read, ${columns.length - readable.length} columns and ${writes.length} other things refused`,
  );
}

/** The same check after one table is granted as the old grants did: the check must detect it. */
export async function checkItSees(
  askers: Askers,
  reads: StreamingReads,
  ground: ProbeGround,
): Promise<Check> {
  const role = await queryFromPod(askers.streaming, "streaming", "SELECT current_user", ground);
  const asOwner = (sql: string): Promise<string> => queryFromPod(askers.web, "puma", sql, ground);
  await asOwner(`GRANT SELECT ON statuses TO "${role}"`);
  const { detail, passed } = await checkStreamingReads(askers, reads, ground);
  await asOwner(`REVOKE SELECT ON statuses FROM "${role}"`);
  return checkOf(
    "the same check sees a table that is given to it as a whole",
    passed ? ["it saw nothing"] : [],
    detail.slice(0, 120),
  );
}

/** Every column of every table and view, as its owner sees it. */
async function columnsOf(
  web: V1Pod,
  ground: ProbeGround,
): Promise<readonly (readonly [table: string, column: string])[]> {
  const text = await queryFromPod(
    web,
    "puma",
    `SELECT class.relname || ' ' || attribute.attname FROM pg_class class JOIN pg_attribute attribute ON attribute.attrelid = class.oid
     WHERE class.relnamespace = 'public'::regnamespace AND class.relkind IN ('r', 'v', 'm', 'p') AND attnum > 0 AND NOT attisdropped ORDER BY 1`,
    ground,
  );
  return text.split("\n").map((line) => {
    const [table = "", column = ""] = line.split(" ");
    return [table, column];
  });
}

/**
 * SQLSTATE that streaming's role gets for a table of the administrator's, in the database that
 * every server has.
 */
async function otherDatabase({ streaming, grants }: Askers, ground: ProbeGround): Promise<string> {
  const there = { PGDATABASE: "defaultdb" };
  const asAdmin = (sql: string): Promise<string> =>
    queryFromPod(grants, "psql", sql, ground, there);
  await asAdmin("CREATE TABLE IF NOT EXISTS others (content text)");
  const [state = ""] = await statesFromPod(
    streaming,
    "streaming",
    ["SELECT content FROM others LIMIT 0"],
    ground,
    // The direct port, because the pool has only one database.
    { ...there, PGPORT: "25060" },
  );
  return state;
}
