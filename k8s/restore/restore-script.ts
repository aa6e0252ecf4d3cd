import { DATABASE_WORK_LOCK, LOCK_PATIENCE_SECONDS } from "../../domain/backup/lock.ts";
import { RESTORE_SCHEMA } from "../../domain/backup/names.ts";
import { FOREIGN_ENTRIES } from "../../domain/restore.ts";
import { FIRST_ANSWER, HOLDER_SETTINGS } from "../sql-job.ts";

/** Scripts of the container that fills the database, for the `sh` and `psql` of its image. */

/** Folder of the scripts, and folder of the dump. */
export const SCRIPTS = "/restore";
export const WORK = "/work";

/**
 * First script: one session of the administrator holds the lock for the whole restore. It ends with
 * the pod, or a minute after the pod's node, so a killed restore leaves no lock. A dump takes the
 * same lock: it would take half a database for a whole one. `\\!` runs the second script inside the
 * session. psql ends with 0 however that ends, so a file says that it came through.
 */
export const LOCKED_SCRIPT = `set -eu
${FIRST_ANSWER}rm -f ${WORK}/came-through
psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 <<'SQL'
${HOLDER_SETTINGS}SET lock_timeout = '${LOCK_PATIENCE_SECONDS}s';
SELECT pg_advisory_lock(${DATABASE_WORK_LOCK}) \\g /dev/null
SET idle_in_transaction_session_timeout = 0;
\\! sh ${SCRIPTS}/restore.sh </dev/null && touch ${WORK}/came-through
SQL
test -e ${WORK}/came-through
`;

/**
 * Second script. The note of the restore is in a schema of the administrator's, which `DROP OWNED`
 * of the application's role does not reach. It is written before the first object and ended after
 * the last check. So it tells three states apart, and a kill at any moment leaves one of them:
 *
 * - no note: only an empty database is filled. Tables without a note are a server.
 * - a note without an end: a restore was cut off. It left what looks like a server, so all of it is
 *   dropped and restored again.
 * - a note with an end: done.
 *
 * A killed client leaves its statement running in the database: the server notices only when the
 * statement ends. So the sessions of the application's role are ended before the drop. If one of
 * them commits a table later, the next try fails at the same table ("duplicate key value violates
 * unique constraint", seen). An index that one of them builds would delay the drop. Nothing else
 * runs as that role during a restore.
 *
 * No single transaction, because a restore with several connections needs a third of the time. The
 * counts are those of the dump's own snapshot.
 */
export const RESTORE_SCRIPT = `set -eu
export PGOPTIONS=--client-min-messages=error
admin() { psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --set=object="$DUMP_OBJECT" --set=sha256="$DUMP_SHA256" --set=application="$APPLICATION_USER" "$@"; }
owner() { PGUSER="$APPLICATION_USER" PGPASSWORD="$APPLICATION_PASSWORD" "$@"; }
asked() { owner psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --command="$1"; }
refuse() { echo "$*." >&2; exit 1; }

found=empty
if [ "$(admin --command="SELECT to_regclass('${RESTORE_SCHEMA}.note') IS NOT NULL")" = t ]; then
  found=$(admin <<'SQL'
SELECT CASE WHEN ended IS NULL THEN 'cut off' WHEN sha256 = :'sha256' THEN 'done' ELSE object END FROM ${RESTORE_SCHEMA}.note;
SQL
)
elif [ "$(asked "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')")" != 0 ]; then
  members=$(asked 'SELECT count(*) FROM users' 2>/dev/null || echo 'an unknown number of')
  newest=$(asked 'SELECT max(created_at) FROM statuses' 2>/dev/null || echo 'of unknown date')
  refuse "The database holds a server: $members members, newest post \${newest:-none}. Nothing was changed. A restore needs a new database: one more in mastodon:postgres.origin.number"
fi
case $found in
  done) echo "$DUMP_OBJECT was restored before; nothing to do"; exit 0 ;;
  empty | 'cut off') ;;
  *) refuse "The database holds another dump, $found. Nothing was changed. A restore needs a new database: one more in mastodon:postgres.origin.number" ;;
esac

admin <<'SQL'
BEGIN;
CREATE SCHEMA IF NOT EXISTS ${RESTORE_SCHEMA};
CREATE TABLE IF NOT EXISTS ${RESTORE_SCHEMA}.note (
  object text NOT NULL, sha256 text NOT NULL, begun timestamptz NOT NULL DEFAULT now(), ended timestamptz
);
DELETE FROM ${RESTORE_SCHEMA}.note;
INSERT INTO ${RESTORE_SCHEMA}.note (object, sha256) VALUES (:'object', :'sha256');
COMMIT;
SQL
if [ "$found" = 'cut off' ]; then
  echo 'A restore was cut off: dropping what it left'
  asked 'SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity WHERE usename = CURRENT_USER AND datname = current_database() AND pid <> pg_backend_pid()' >/dev/null
  asked 'DROP OWNED BY CURRENT_USER'
  admin <<'SQL'
GRANT ALL ON SCHEMA public TO :"application";
SQL
fi

pg_restore --list ${WORK}/dump | grep -vE '${FOREIGN_ENTRIES}' >${WORK}/list
owner pg_restore --jobs="$RESTORE_JOBS" --no-owner --no-privileges --exit-on-error \\
  --use-list=${WORK}/list --dbname="$PGDATABASE" ${WORK}/dump
asked 'ANALYZE'

wanted=$(cat ${WORK}/counts)
counted=$(asked "SELECT (SELECT count(*) FROM accounts) || ' ' || (SELECT count(*) FROM users) || ' ' || (SELECT count(*) FROM statuses)")
[ "$counted" = "$wanted" ] ||
  refuse "Accounts, members and posts are $counted, and the manifest says $wanted. The next update begins again"
admin <<'SQL'
UPDATE ${RESTORE_SCHEMA}.note SET ended = now();
SQL
echo "$DUMP_OBJECT is restored: accounts, members and posts are $counted, as its manifest says"
`;

/**
 * Ruby for `rails runner`: decrypts one value of each encrypted column with the keys of this
 * configuration, by Rails' own code. It reads the stored text, not a model, so the schema may be an
 * older one. With other keys, no member could sign in with a second factor. From Mastodon 4.7 on no
 * account could sign what it sends, either (`app/models/keypair.rb`).
 */
export const CANARY = `tried = [%w[users otp_secret], %w[keypairs private_key]].filter_map do |table, column|
  connection = ActiveRecord::Base.connection
  next unless connection.column_exists?(table, column)
  text = connection.select_value("SELECT #{column} FROM #{table} WHERE #{column} LIKE '{\\"p\\":%' LIMIT 1")
  next if text.nil?
  begin
    ActiveRecord::Encryption.encryptor.decrypt(text)
  rescue ActiveRecord::Encryption::Errors::Base
    abort "#{table}.#{column} can't be decrypted: the activeRecord keys of this stack file are not those that the data was written with. Nobody was let in. Put the keys back, from an earlier commit of the stack file or from the escrow bundle."
  end
  "#{table}.#{column}"
end
puts tried.empty? ? "No row has an encrypted value, so the keys were not tried." : "Decrypted with this configuration's keys: #{tried.join(", ")}"
`;
