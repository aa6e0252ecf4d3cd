/**
 * Checks of the preflight, in Ruby. It uses only the gems with which Mastodon itself connects (`pg`
 * on libpq, `redis`, `http`; its `Gemfile`). Starting Rails would take most of a minute, and fails
 * on an empty database.
 *
 * Each check is tried three times, because a new database may need a moment. All of them run even
 * if one fails, so that the operator sees all faults at once.
 */

/**
 * An Internet host with a public certificate. It is Cloudflare's: without Cloudflare no visitor
 * reaches the server, so this check stops no deploy that could have served.
 */
export const PUBLIC_URL = "https://www.cloudflare.com/cdn-cgi/trace";

/** Prefix of the direct connection's variables. The pooled one has web's own names. */
export const DIRECT_PREFIX = "DIRECT_";

/** Prefix of the name and password of streaming's role, which logs in to the pool itself. */
export const STREAMING_PREFIX = "STREAMING_";

/**
 * Secrets are only in the environment. The output contains none: errors of libpq and redis name
 * hosts and users, never passwords.
 */
export const PREFLIGHT_SCRIPT = `require "pg"
require "redis"
require "http"
$stdout.sync = true
$failed = []

def ask(what)
  tries = 0
  begin
    puts "#{what}: #{yield}"
  rescue StandardError => error
    tries += 1
    if tries < 3
      sleep 3
      retry
    end
    $failed << "#{what}: #{error.class}: #{error.message.strip}"
  end
end

def postgres(host, port, name, user: ENV.fetch("DB_USER"), password: ENV.fetch("DB_PASS"))
  connection = PG.connect(
    host: host, port: port, dbname: name, user: user, password: password,
    sslmode: ENV.fetch("DB_SSLMODE"), connect_timeout: 15
  )
  connection.exec("SELECT 1")
  "#{connection.ssl_attribute("protocol")}, #{ENV.fetch("DB_SSLMODE")}"
ensure
  connection&.close
end

ask("Postgres through the pool") { postgres(ENV.fetch("DB_HOST"), ENV.fetch("DB_PORT"), ENV.fetch("DB_NAME")) }
# Whether it may read is a later step's to say: at the first install there is nothing to read.
ask("Postgres through the pool, as streaming") do
  postgres(
    ENV.fetch("DB_HOST"), ENV.fetch("DB_PORT"), ENV.fetch("DB_NAME"),
    user: ENV.fetch("${STREAMING_PREFIX}DB_USER"), password: ENV.fetch("${STREAMING_PREFIX}DB_PASS")
  )
end
ask("Postgres past the pool") do
  postgres(ENV.fetch("DB_HOST"), ENV.fetch("${DIRECT_PREFIX}DB_PORT"), ENV.fetch("${DIRECT_PREFIX}DB_NAME"))
end
if ENV["REPLICA_DB_HOST"]
  ask("Postgres, the read replica") do
    postgres(ENV["REPLICA_DB_HOST"], ENV.fetch("REPLICA_DB_PORT"), ENV.fetch("REPLICA_DB_NAME"))
  end
end
%w[REDIS_URL SIDEKIQ_REDIS_URL CACHE_REDIS_URL].each do |variable|
  next unless ENV[variable]

  ask("Redis by #{variable}") do
    # As lib/mastodon/redis_configuration.rb chooses.
    driver = ENV["REDIS_DRIVER"] == "ruby" ? :ruby : :hiredis
    Redis.new(url: ENV[variable], driver: driver, timeout: 5).ping
  end
end
ask("The Internet") { "#{HTTP.timeout(10).get("${PUBLIC_URL}").status} of ${PUBLIC_URL}" }

unless $failed.empty?
  warn "This release's pods would not reach what they need. Nothing was changed."
  $failed.each { |sentence| warn "  #{sentence}" }
  exit 1
end
`;
