import { DATABASE_WORK_LOCK, LOCK_PATIENCE_SECONDS } from "../domain/backup/lock.ts";
import type { Life } from "../domain/data-life.ts";
import { HOLDER_SETTINGS } from "./sql-job.ts";

/** Scripts of a migration's two steps, in bash and Ruby. */

/** Before the new version serves: changes that the old one can work with. After it: the rest. */
export type MigrationStep = "pre-deployment" | "post-deployment";

/** Beginning of each program in Ruby. */
const CONNECT = `require "pg"
connection = PG.connect(
  host: ENV.fetch("DB_HOST"), port: ENV.fetch("DB_PORT"), dbname: ENV.fetch("DB_NAME"), user: ENV.fetch("DB_USER"),
  password: ENV.fetch("DB_PASS"), sslmode: ENV.fetch("DB_SSLMODE"), connect_timeout: 15
)`;

/**
 * Runs a command while no dump is at work (`DATABASE_WORK_LOCK`). It waits, because a dump of a
 * small database takes a minute. A release that waited for a long one would seem to hang. The lock
 * of one whose node lost power is free a minute later, as a dump's is.
 */
const EXCLUSIVELY = `exclusively() {
  bundle exec ruby - "$@" <<'RUBY'
${CONNECT}
connection.exec("${HOLDER_SETTINGS.trimEnd()}")
give_up = Process.clock_gettime(Process::CLOCK_MONOTONIC) + ${LOCK_PATIENCE_SECONDS}
until connection.exec("SELECT pg_try_advisory_lock(${DATABASE_WORK_LOCK})").getvalue(0, 0) == "t"
  if Process.clock_gettime(Process::CLOCK_MONOTONIC) > give_up
    abort "A dump of the database is at work, and was for the last ${LOCK_PATIENCE_SECONDS} s. A migration beside it would make every page " \\
      "wait for its end, so nothing was migrated. Run npm run up again after it, or stop it first: " \\
      "kubectl --namespace mastodon delete jobs --selector app.kubernetes.io/component=backup"
  end
  sleep 1
end
exit(system(*ARGV, in: File::NULL) ? 0 : 1)
RUBY
}
`;

/**
 * State of the database in one word, found with only the `pg` gem. Most releases have no migration,
 * and starting Rails to find that out costs a CPU minute. A migration is done when its version is
 * in the table (rails `ActiveRecord::MigrationContext`).
 *
 * - `empty`: no version. They are written last, so an interrupted load of the schema runs again
 *   completely.
 * - `unseeded`: tables, but no instance actor (id -99, `app/models/account.rb`): the loading
 *   stopped before the seeds. Without them there are no roles, no actor and no web client.
 * - `pending`: migrations in the named folders.
 * - `done`: nothing to do.
 */
const STATE = `state() {
  bundle exec ruby - "$@" <<'RUBY'
${CONNECT}
there = connection.exec("SELECT to_regclass('schema_migrations')").getvalue(0, 0)
done = there ? connection.exec("SELECT version FROM schema_migrations").column_values(0) : []
here = ARGV.flat_map { |folder| Dir["#{folder}/[0-9]*_*.rb"] }.map { |file| File.basename(file)[/\\A\\d+/] }
pending = here - done
warn "#{done.size} migrations done, #{pending.size} of this step's pending"
if done.empty? then puts "empty"
elsif connection.exec("SELECT FROM accounts WHERE id = -99").ntuples.zero? then puts "unseeded"
else puts pending.empty? ? "done" : "pending"
end
RUBY
}`;

/**
 * The schema is loaded, and seeds are written, only for a new server (`domain/data-life.ts`).
 * Otherwise a database that only looks empty for some minutes would lose its tables: `db/schema.rb`
 * creates each with `force: :cascade`. Seeds would create an instance actor with new keys, which
 * other servers refuse. Both values are in the script, so that no variable that an operator sets
 * can permit it later. Managed Postgres did look empty once, during a backup:
 * https://members.cosocial.ca/t/mastodon-server-outage-2025-11-07-incident/725
 */
const BIRTH_ALONE = `case $found in
  empty | unseeded)
    if [ "$(date +%s)" -ge "$may_be_empty_until" ]; then
      echo "The database is $found, but $LOCAL_DOMAIN has lived in it since $lives_since at least." \\
        "Nothing was changed in it. If the database comes back by itself, run npm run up -- --refresh again;" \\
        'else docs/operate.md, "The database answers, but is empty".' >&2
      exit 1
    fi
    ;;
esac`;

/**
 * An empty database gets the whole schema and its seeds. `SKIP_POST_DEPLOYMENT_MIGRATIONS` stops on
 * version 0, by design, and any value of it counts, even `false` (mastodon/mastodon
 * `lib/tasks/db.rake`, `lib/mastodon/database.rb`). `db:prepare` seeds only in the run that loaded
 * the schema; seeds can run again (`db/seeds/`).
 *
 * `dumps`: whether dumps are made by schedule, with which a migration takes turns.
 */
export const MIGRATION_SCRIPTS: Readonly<
  Record<MigrationStep, (life: Life, dumps: boolean) => string>
> = {
  "pre-deployment": ({ data, mayBeEmptyUntil = 0 }, dumps) => `set -eu
lives_since=${data.since}
may_be_empty_until=${mayBeEmptyUntil}
${dumps ? EXCLUSIVELY : ""}${STATE}
found=$(state db/migrate)
${BIRTH_ALONE}
case $found in
  empty) ${turn(dumps)}bundle exec rails db:prepare ;;
  unseeded)
    ${turn(dumps)}SKIP_POST_DEPLOYMENT_MIGRATIONS=true bundle exec rails db:migrate
    ${turn(dumps)}bundle exec rails db:seed
    ;;
  pending) ${turn(dumps)}SKIP_POST_DEPLOYMENT_MIGRATIONS=true bundle exec rails db:migrate ;;
  done) ;;
esac
`,
  "post-deployment": (_life, dumps) => `set -eu
${dumps ? EXCLUSIVELY : ""}${STATE}
found=$(state db/migrate db/post_migrate)
case $found in
  pending) ${turn(dumps)}bundle exec rails db:migrate ;;
  done) ;;
  *) echo "The database is $found after the pre-deployment step; nothing was done." >&2 && exit 1 ;;
esac
`,
};

/** Prefix of a command that changes the database. */
function turn(dumps: boolean): string {
  return dumps ? "exclusively env " : "";
}
