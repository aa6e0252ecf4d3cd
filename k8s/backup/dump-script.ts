import { DATABASE_WORK_LOCK } from "../../domain/backup/lock.ts";
import { RESTORE_SCHEMA } from "../../domain/backup/names.ts";
import { POD_FILES } from "../../domain/backup/pod-files.ts";
import { FIRST_ANSWER, HOLDER_SETTINGS } from "../sql-job.ts";
import { scriptHead } from "./shell.ts";

/** Scripts of the container `dump`, for the `sh` and `psql` of the Postgres image. */

/** Path of the folder with the scripts. */
export const SCRIPTS = "/backup";

/**
 * Asks the database, and hands its snapshot to pg_dump. pg_dump of another major version is
 * refused: it would write a dump that no test has restored.
 */
export const DUMP_SCRIPT = `${scriptHead("dump")}${FIRST_ANSWER}
server=$(psql --no-psqlrc --quiet --tuples-only --no-align --command='SHOW server_version')
server=\${server%% *}
client=$(pg_dump --version | sed 's/^[^0-9]*//; s/ .*//')
[ "\${server%%.*}" = "\${client%%.*}" ] ||
  refuse "the server is Postgres $server and pg_dump is $client. Pin an image of the server's major version in config/images.ts"
mkfifo -m 600 ${POD_FILES.plain} ${POD_FILES.encrypted} ${POD_FILES.check}
psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 \\
  --set=server="$server" --set=client="$client" --file=${SCRIPTS}/session.sql </dev/null
[ -e ${POD_FILES.codes} ] || exit 1
read -r dump tee restore <${POD_FILES.codes}
[ "$dump $tee $restore" = '0 0 0' ] ||
  refuse "pg_dump ended with $dump, tee with $tee, and pg_restore, which reads the dump through, with $restore"
`;

/**
 * One session for the whole dump. It holds the lock, so no migration and no restore runs beside it,
 * and the snapshot, so the counts are those of the dump. It ends with the dump.
 *
 * `\\!` runs the dump inside the session. A session that the server ends instead is no harm to the
 * dump: pg_dump has taken over the snapshot by then.
 */
export const SESSION_SQL = `${HOLDER_SETTINGS}SET idle_in_transaction_session_timeout = 0;
SET statement_timeout = 0;
SELECT pg_try_advisory_lock(${DATABASE_WORK_LOCK}) AS locked \\gset
\\if :locked
\\else
  \\warn 'No dump: a migration, a restore or another dump is at work in the database. The next one comes by its schedule.'
  \\quit
\\endif
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT to_regclass('public.schema_migrations') IS NOT NULL AS lives \\gset
\\if :lives
\\else
  \\warn 'No dump: the database holds no server. If it held one, docs/operate.md says what to do.'
  \\quit
\\endif
SELECT pg_export_snapshot() AS snapshot \\gset
\\setenv SNAPSHOT :snapshot
\\o ${POD_FILES.stamp}
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD"T"HH24MISS"Z"');
\\o ${POD_FILES.facts}
SELECT json_build_object(
  'begun', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'),
  'server', :'server',
  'client', :'client',
  'schema', (SELECT max(version) FROM public.schema_migrations),
  'migrations', (SELECT count(*) FROM public.schema_migrations),
  'collation', (SELECT datcollate FROM pg_database WHERE datname = current_database()),
  'databaseBytes', pg_database_size(current_database()),
  'counts', json_build_object(
    'accounts', (SELECT count(*) FROM public.accounts),
    'localUsers', (SELECT count(*) FROM public.users),
    'statuses', (SELECT count(*) FROM public.statuses)
  )
);
\\o
\\! exec sh ${SCRIPTS}/stream.sh </dev/null
`;

/**
 * The dump itself: read through by pg_restore on its way, which finds every cut. The shell holds
 * the pipe open until the exit codes are written, so its end never comes before them.
 */
export const STREAM_SCRIPT = `${scriptHead("dump")}
: >dump.ready
wait_for encrypt.ready
wait_for store.ready
# For both ways first: a pipe without a reader would wait for one for ever. Then for writing alone:
# with its own end for reading, the death of the reader would never be seen.
exec 4<>${POD_FILES.plain} 3>${POD_FILES.plain} 4>&-
: >dump.open
{
  code=0
  pg_restore --file=/dev/null <${POD_FILES.check} 3>&- || code=$?
  echo "$code" >restore.code
} &
{
  code=0
  pg_dump --format=custom --compress=zstd:3 --snapshot="$SNAPSHOT" \\
    --exclude-schema=${RESTORE_SCHEMA} 3>&- || code=$?
  echo "$code" >pg_dump.code
} | {
  code=0
  tee ${POD_FILES.check} >&3 || code=$?
  echo "$code" >tee.code
}
wait
echo "$(cat pg_dump.code) $(cat tee.code) $(cat restore.code)" >codes.part
mv codes.part ${POD_FILES.codes}
exec 3>&-
`;
