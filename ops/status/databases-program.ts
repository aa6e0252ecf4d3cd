import { DATABASE_MEMBERS } from "../../config/topology.ts";
import { PROGRAM_SECONDS, type Question } from "../pods/inside.ts";

/**
 * Reads how full the databases are, in Ruby, from inside a web pod. It uses only the gems with
 * which Mastodon itself connects, and connects as the preflight does (`k8s/preflight-script.ts`).
 *
 * It changes nothing: one read-only transaction of 2 s at most, and INFO. Everything else has a
 * limit, too, because it runs when a database is in trouble. A pool without a free connection, for
 * example, lets a query wait for two minutes (PgBouncer's `query_wait_timeout`).
 */

/**
 * Sessions of clients. A role sees of others' sessions only database and role
 * (https://www.postgresql.org/docs/17/monitoring-stats.html), so `backend_type` is unknown there.
 * Superusers are the cloud's own agents, which have connections of their own.
 */
const SESSIONS = `
    SELECT a.pid, a.client_addr, r.rolname
    FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
    WHERE a.datid IS NOT NULL AND NOT r.rolsuper
      AND coalesce(a.backend_type, 'client backend') = 'client backend'`;

/**
 * Sessions of the pool: all of streaming's role, which uses nothing else, and those of this role
 * that have this session's client address. That is the pool's own host.
 */
const SQL = `
  WITH sessions AS (${SESSIONS}
  ), mine AS (SELECT client_addr FROM sessions WHERE pid = pg_backend_pid())
  SELECT
    (SELECT sum(pg_database_size(oid)) FROM pg_database
      WHERE has_database_privilege(oid, 'CONNECT')) AS bytes,
    (SELECT count(*) FROM sessions) AS connections,
    (SELECT count(*) FROM sessions WHERE rolname = '${DATABASE_MEMBERS.streaming}'
      OR rolname = current_user
        AND client_addr IS NOT DISTINCT FROM (SELECT client_addr FROM mine)) AS pooled`;

const SCRIPT = `require "json"
require "pg"
require "redis"

# A broken connection to the cluster does not end this.
Thread.new { sleep ${PROGRAM_SECONDS}; warn "it took more than ${PROGRAM_SECONDS} s"; exit! 75 }

# Errors of the two clients name hosts and users, never passwords. Another one may hold a URL.
def asked
  yield
rescue PG::Error, Redis::BaseError => error
  down = error.is_a?(PG::ConnectionBad) || error.is_a?(Redis::BaseConnectionError)
  { error: "#{error.class}: #{error.message.strip.lines.first.to_s.strip}", down: down }
rescue StandardError => error
  { error: error.class.name, down: false }
end

def postgres
  host = ENV.fetch("DB_HOST")
  connection = PG.connect(
    host: host, port: ENV.fetch("DB_PORT"), dbname: ENV.fetch("DB_NAME"), user: ENV.fetch("DB_USER"),
    password: ENV.fetch("DB_PASS"), sslmode: ENV.fetch("DB_SSLMODE"), connect_timeout: 2
  )
  connection.send_query("BEGIN READ ONLY; SET LOCAL statement_timeout = '2s'; ${SQL}; COMMIT")
  raise PG::ConnectionBad, "no answer in 3 s: the pool may have no free connection" unless connection.block(3)

  rows = []
  while (result = connection.get_result)
    result.check
    rows += result.to_a
  end
  { host: host, **rows.first.to_h { |name, value| [name.to_sym, value.to_i] } }
ensure
  connection&.close
end

def valkey(url)
  # As lib/mastodon/redis_configuration.rb chooses.
  driver = ENV["REDIS_DRIVER"] == "ruby" ? :ruby : :hiredis
  info = Redis.new(url: url, driver: driver, timeout: 2, reconnect_attempts: 0).info("memory")
  {
    used: Integer(info.fetch("used_memory")), limit: Integer(info.fetch("maxmemory")),
    evicts: info.fetch("maxmemory_policy") != "noeviction"
  }
end

questions = { postgres: -> { postgres }, valkey: -> { valkey(ENV.fetch("REDIS_URL")) } }
questions[:cache] = -> { valkey(ENV["CACHE_REDIS_URL"]) } if ENV["CACHE_REDIS_URL"]
answers = questions.transform_values { |question| Thread.new { asked(&question) } }
puts JSON.generate(answers.transform_values(&:value))
`;

/** The question to a web pod. Its answer is the JSON that `databases.ts` reads. */
export const DATABASES: Question = {
  component: "web",
  container: "puma",
  command: ["bundle", "exec", "ruby", "-e", SCRIPT],
};
