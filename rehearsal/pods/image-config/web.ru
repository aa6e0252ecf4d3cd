# What Rails puts before an application, real: hosts, encryption, the visitor's address; behind it
# the pages that stand in for Mastodon's.
require "action_dispatch"
require "action_view" # Whose logger the host check asks for.
require "rack"
require_relative "visitor"
require_relative "pages"

domain = ENV.fetch("LOCAL_DOMAIN", "")
hosts = [domain, ENV.fetch("WEB_DOMAIN", domain), *ENV.fetch("ALTERNATE_DOMAINS", "").split(/\s*,\s*/)]
proxies = ENV["TRUSTED_PROXY_IP"]&.split(/[\s,]+/)&.map { |range| IPAddr.new(range) }
# The one path that asks for neither host nor https: a kubelet knows neither.
health = ->(request) { request.path == "/health" }

use Peer
use Seen, proxies || ActionDispatch::RemoteIp::TRUSTED_PROXIES
use ActionDispatch::HostAuthorization, hosts.reject(&:empty?).uniq, exclude: health
use ActionDispatch::SSL,
    redirect: { exclude: health }, hsts: { expires: 63_072_000, subdomains: true, preload: false }
use Spoofing
use ActionDispatch::RemoteIp, true, proxies
run Pages.new
