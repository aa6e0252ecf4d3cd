# Jobs that stand in for Mastodon's: one class, in whatever queue it is put.
require "sidekiq"

# `{"class": "RehearsalJob", "args": [seconds]}`: works for so long, and says so.
class RehearsalJob
  include Sidekiq::Job

  def perform(seconds = 0)
    logger.info("begins")
    sleep seconds
    Sidekiq.redis { |redis| redis.call("INCR", "rehearsal:done") }
  end
end

Sidekiq.configure_server do |config|
  # Mastodon says so, too, by the name that its image gives the file.
  ready = ENV["MASTODON_SIDEKIQ_READY_FILENAME"]
  config.on(:startup) { File.write("tmp/#{ready}", "") } if ready
  # By the name of Mastodon's own variable where there is a second Redis.
  url = ENV["SIDEKIQ_REDIS_URL"] || ENV["REDIS_URL"]
  config.redis = { url: url, driver: ENV["REDIS_DRIVER"] == "ruby" ? :ruby : :hiredis } if url
end
