/**
 * Questions of the preflight, in Ruby: with the gems that Mastodon itself connects with (`pg` on
 * libpq, `redis`, `http`; its `Gemfile`), and with nothing else of it. Booting Rails would take the
 * better part of a minute, and stops on an empty database. Pure.
 *
 * Each question is asked thrice: a database that has just been made may need a moment. All of them
 * are asked, whatever the first one says: who mends one wants to know of the others.
 */

/**
 * Somewhere on the Internet that answers with a public certificate. Cloudflare's own: without
 * Cloudflare nobody reaches the server, so no deploy is stopped by it that could have served.
 */
export const PUBLIC_URL = "https://www.cloudflare.com/cdn-cgi/trace";

/**
 * Prefix of the direct connection's variables: the pooled one has their own names, as web reads
 * them.
 */
export const DIRECT_PREFIX = "DIRECT_";

/** The name and password of streaming's role begin with this: it comes to the pool by itself. */
export const STREAMING_PREFIX = "STREAMING_";

/**
 * Secrets are in the environment only. What it prints holds none: libpq and redis name hosts and
 * users in their errors, never passwords.
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
