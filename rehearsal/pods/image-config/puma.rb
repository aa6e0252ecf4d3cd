# Puma as Mastodon's image has it, by the same variables and with the same defaults: a cluster whose
# workers share one start, and connections that are kept for so long.
threads_at_most = Integer(ENV.fetch("MAX_THREADS", "5"))
threads Integer(ENV.fetch("MIN_THREADS", threads_at_most.to_s)), threads_at_most
workers Integer(ENV.fetch("WEB_CONCURRENCY", "2"))
persistent_timeout Integer(ENV.fetch("PERSISTENT_TIMEOUT", "20"))
bind "tcp://#{ENV.fetch("BIND", "127.0.0.1")}:#{ENV.fetch("PORT", "3000")}"
preload_app!
silence_single_worker_warning
# Mastodon's is `config.ru` beside this folder, where the rehearsal mounts nothing.
rackup "config/web.ru"
