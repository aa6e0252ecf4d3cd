import type { MastodonFacts } from "../facts/mastodon/facts.ts";

/** The SQL that lets streaming's role read only what streaming needs. */

/** Columns by table. */
export type StreamingReads = MastodonFacts["streamingReads"];

/**
 * Maximum duration of one of streaming's queries, in Postgres' form. Each reads a few rows by an
 * index. One that takes seconds holds a connection of the pool for which a hundred sockets wait.
 * Assumed, not measured: ten times what a loaded database was seen to take.
 */
const STATEMENT_TIMEOUT = "10s";

/**
 * For `sh`. Each release runs it after the migration that creates the tables, because a recreated
 * table loses the grants on its columns.
 *
 * First it revokes all the role's grants, in the same transaction, so no query of a serving pod
 * fails in between. A column grant does not narrow an older one of the whole table (postgresql.org,
 * GRANT). The application revokes them, because it granted them. Then the role itself reads each
 * column, so a release that could not serve stops here.
 */
export function streamingGrantsScript(reads: StreamingReads): string {
  const tables = Object.entries(reads).map(([table, columns]) => ({
    table: `public.${quoted(table)}`,
    columns: columns.map(quoted).join(", "),
  }));
  const grants = tables.map(
    ({ table, columns }) => `GRANT SELECT (${columns}) ON ${table} TO :"streaming";`,
  );
  const questions = tables.map(({ table, columns }) => `SELECT ${columns} FROM ${table} LIMIT 0;`);
  return `set -eu
export PGOPTIONS="--client-min-messages=warning"
psql --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=streaming="$STREAMING_USER" <<'SQL'
BEGIN;
ALTER DEFAULT PRIVILEGES IN SCHEMA public REVOKE ALL ON TABLES FROM :"streaming";
SELECT format('REVOKE ALL ON TABLE %s FROM %I', class.oid::regclass, role.rolname)
FROM pg_class class, pg_roles role
WHERE role.rolname = :'streaming' AND class.relnamespace = 'public'::regnamespace AND (
  EXISTS (SELECT FROM aclexplode(class.relacl) acl WHERE acl.grantee = role.oid) OR EXISTS (
    SELECT FROM pg_attribute attribute, aclexplode(attribute.attacl) acl
    WHERE attribute.attrelid = class.oid AND acl.grantee = role.oid
  )
)
\\gexec
${grants.join("\n")}
COMMIT;
SQL
PGUSER="$STREAMING_USER" PGPASSWORD="$STREAMING_PASSWORD" \\
  psql --no-psqlrc --quiet --tuples-only --set=ON_ERROR_STOP=1 <<'SQL'
${questions.join("\n")}
ALTER ROLE CURRENT_USER SET statement_timeout = '${STATEMENT_TIMEOUT}';
SQL
`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
