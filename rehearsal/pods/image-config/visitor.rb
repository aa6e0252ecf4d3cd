# Who the visitor is to Rails 8.1 with Mastodon's extension; ActionPack 7.2 is Debian's, and reads
# X-Forwarded-For alone. From 8.1 on Rack is asked, who reads `Forwarded` before it.
require "digest"
require "json"

module AsRails81
  def calculate_ip
    peer = ips_from(@req.remote_addr).last
    told = ips_from(@req.forwarded_for&.join(",")).reverse
    claimed = ips_from(@req.client_ip).reverse
    # Two tell of visitors in different ways, and no one knows which of them is the proxy.
    disagree = claimed.any? && told.any? && !told.include?(claimed.last)
    # Only a proxy may speak for others.
    presumes = (claimed + told).any? && filter_proxies([peer]).any?
    raise ActionDispatch::RemoteIp::IpSpoofAttackError, "IP spoofing attack" if disagree || presumes

    filter_proxies([peer, *told, *claimed]).first || (told + claimed).last || peer
  end
end
ActionDispatch::RemoteIp::GetIp.prepend(AsRails81)

# The rehearsal's requests come by a Unix socket and say whose they would be.
class Peer
  def initialize(app) = @app = app

  def call(env)
    peer = env["HTTP_X_REHEARSAL_PEER"]
    @app.call(peer ? env.merge("REMOTE_ADDR" => peer) : env)
  end
end

# Writes down beside each answer what was asked, and whom Rails takes for the visitor: the rehearsal
# reads it. JSON in base64url.
class Seen
  def initialize(app, proxies)
    @app = app
    @proxies = proxies
  end

  def call(env)
    body = env["rack.input"]&.read.to_s
    env["rack.input"] = StringIO.new(body)
    status, headers, answer = @app.call(env)
    seen = {
      method: env["REQUEST_METHOD"], url: env["REQUEST_URI"], headers: headers_of(env),
      client: client_of(env), body: { bytes: body.bytesize, sha256: Digest::SHA256.hexdigest(body) }
    }
    text = [JSON.generate(seen.compact)].pack("m0").tr("+/", "-_").delete("=")
    [status, headers.merge("x-seen" => text), answer]
  end

  private

  def client_of(env)
    request = ActionDispatch::Request.new(env)
    ActionDispatch::RemoteIp::GetIp.new(request, true, @proxies).to_s
  rescue ActionDispatch::RemoteIp::IpSpoofAttackError
    nil
  end

  def headers_of(env)
    named = env.select do |name, _|
      (name.start_with?("HTTP_") && name != "HTTP_VERSION") || %w[CONTENT_TYPE CONTENT_LENGTH].include?(name)
    end
    named.transform_keys { |name| name.delete_prefix("HTTP_").downcase.tr("_", "-") }
  end
end

# Rails answers 500 where two proxies contradict each other.
class Spoofing
  def initialize(app) = @app = app

  def call(env)
    @app.call(env)
  rescue ActionDispatch::RemoteIp::IpSpoofAttackError
    [500, { "content-type" => "text/plain" }, ["IpSpoofAttackError\n"]]
  end
end
