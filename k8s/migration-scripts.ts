import type { Life } from "../domain/data-life.ts";

/** Scripts of a migration's two steps, in bash and Ruby. */

/** Before the new version serves: changes that the old one can work with. After it: the rest. */
export type MigrationStep = "pre-deployment" | "post-deployment";

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
require "pg"
connection = PG.connect(
  host: ENV.fetch("DB_HOST"), port: ENV.fetch("DB_PORT"), dbname: ENV.fetch("DB_NAME"), user: ENV.fetch("DB_USER"),
  password: ENV.fetch("DB_PASS"), sslmode: ENV.fetch("DB_SSLMODE"), connect_timeout: 15
)
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
 */
export const MIGRATION_SCRIPTS: Readonly<Record<MigrationStep, (life: Life) => string>> = {
  "pre-deployment": ({ data, mayBeEmptyUntil = 0 }) => `set -eu
lives_since=${data.since}
may_be_empty_until=${mayBeEmptyUntil}
${STATE}
found=$(state db/migrate)
${BIRTH_ALONE}
case $found in
  empty) bundle exec rails db:prepare ;;
  unseeded)
    SKIP_POST_DEPLOYMENT_MIGRATIONS=true bundle exec rails db:migrate
    bundle exec rails db:seed
    ;;
  pending) SKIP_POST_DEPLOYMENT_MIGRATIONS=true bundle exec rails db:migrate ;;
  done) ;;
esac
`,
  "post-deployment": () => `set -eu
${STATE}
found=$(state db/migrate db/post_migrate)
case $found in
  pending) bundle exec rails db:migrate ;;
  done) ;;
  *) echo "The database is $found after the pre-deployment step; nothing was done." >&2 && exit 1 ;;
esac
`,
};
