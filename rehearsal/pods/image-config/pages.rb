# Mastodon's pages as an edge sees them: what each kind of path says about being kept
# (mastodon/mastodon v4.6, `config/routes.rb` and its controllers). The content is made up.
require "uri"

class Pages
  HTML = "text/html; charset=utf-8"
  JSON_TYPE = "application/json; charset=utf-8"
  ACTIVITY = "application/activity+json; charset=utf-8"
  NEVER = "private, no-store"
  ANY_ORIGIN = { "access-control-allow-origin" => "*" }.freeze
  SESSION = { "set-cookie" => "_mastodon_session=0123456789abcdef; path=/; secure; HttpOnly; SameSite=Lax" }.freeze
  DOMAIN = ENV.fetch("LOCAL_DOMAIN", "")
  WEB_DOMAIN = ENV.fetch("WEB_DOMAIN", DOMAIN)
  STREAMING = URI(ENV.fetch("STREAMING_API_BASE_URL", "wss://#{WEB_DOMAIN}")).host

  def call(env)
    request = ActionDispatch::Request.new(env)
    # Whoever asks for the address is told the truth, or stopped: as Rails' log does with each request.
    request.remote_ip.to_s
    return preflight if request.options? && request.get_header("HTTP_ACCESS_CONTROL_REQUEST_METHOD")

    _, answer = ROUTES.find { |pattern, _| pattern.match?(request.path) }
    answer ? instance_exec(request, &answer) : page("not found", status: 404)
  end

  # By their beginning, the first that fits.
  ROUTES = [
    [%r{\A/health\z}, ->(_) { answer("text/plain", NEVER, "OK") }],
    # None of Mastodon's: a page that takes long, for who watches a process end.
    [%r{\A/rehearsal/slow\z}, ->(request) { answer("text/plain", NEVER, slowly(request)) }],
    [%r{\A/inbox\z|\A/actor/inbox\z|\A/(?:ap/)?users/[^/]+/inbox\z},
     ->(request) { request.post? ? api("", status: 202) : page("not found", status: 404) }],
    [%r{\A/\.well-known/webfinger\z}, ->(request) { webfinger(request.query_string) }],
    [%r{\A/\.well-known/(?:nodeinfo|host-meta)},
     ->(_) { document(259_200, JSON_TYPE, %({"links":[]}\n), more: ANY_ORIGIN) }],
    [%r{\A/nodeinfo/2\.0\z}, ->(_) { document(1_800, JSON_TYPE, %({"version":"2.0"}\n), more: ANY_ORIGIN) }],
    [%r{\A/actor\z}, ->(_) { document(600, ACTIVITY, %({"type":"Application"}\n)) }],
    [%r{\A/api/v1/instance/domain_blocks\z}, ->(_) { api("[]\n") }],
    [%r{\A/api/v[12]/instance\z|\A/api/v1/instance/|\A/api/v1/custom_emojis\z|\A/api/v1/peers/search\z},
     ->(_) { document(300, JSON_TYPE, %({"domain":"…"}\n), more: ANY_ORIGIN) }],
    # Anonymous timelines may be kept for seconds, by a cache that looks at Vary.
    [%r{\A/api/v1/timelines/public\z},
     ->(request) { request.authorization ? api("[]\n") : api("[]\n", control: for_all(15)) }],
    [%r{\A/api/v1/streaming}, ->(_) { streaming }],
    [%r{\A/api/|\A/oauth/(?:token|revoke|userinfo)\z}, ->(_) { api(%({"ok":true}\n)) }],
    [%r{\A/auth/sign_in\z},
     ->(request) { request.post? ? page("wrong password", status: 422, more: SESSION) : page("sign in", more: SESSION) }],
    [%r{\A/media_proxy/}, ->(_) { elsewhere(302, "https://media.invalid/file.png") }],
    [%r{\A/(?:@|users/|ap/|tags/|contexts/|collections/)}, ->(request) { page_or_document(request, 180) }],
    [%r{\A/sw\.js\z}, ->(_) { file("text/javascript", 604_800, "// worker\n") }],
    [%r{\A/manifest(?:\.json)?\z}, ->(_) { document(180, "application/json", %({"name":"…"}\n)) }],
    [%r{\A/custom\.css\z|\A/css/custom-}, ->(_) { document(2_629_746, "text/css", "/* own */\n") }],
    [%r{\A/robots\.txt\z}, ->(_) { file("text/plain", 2_419_200, "# robots\n") }],
    [%r{\A/(?:packs|assets|emoji|sounds|avatars|headers)/},
     ->(_) { file("text/javascript", 2_419_200, "// file\n") }],
    [%r{\A/\z|\A/(?:web|settings|admin|explore|about|invite|share|authorize_interaction|oauth|auth|statuses)},
     ->(_) { page("Mastodon", more: SESSION) }]
  ].freeze

  private

  def for_all(seconds) = "max-age=#{seconds}, public"

  def answer(type, control, body, status: 200, more: {})
    [status, { "content-type" => type, "cache-control" => control, **more }, [body]]
  end

  def slowly(request)
    sleep Integer(request.query_parameters.fetch("seconds"))
    "done\n"
  end

  def text_of(title) = "<!doctype html><title>#{title}</title><p>@admin@#{DOMAIN}</p>\n"

  def page(title, status: 200, more: {})
    answer(HTML, NEVER, text_of(title), status:, more: { "vary" => "Accept, Accept-Language, Cookie", **more })
  end

  def api(body, status: 200, control: NEVER)
    answer(JSON_TYPE, control, body, status:, more: { "vary" => "Authorization, Origin", **ANY_ORIGIN })
  end

  def document(seconds, type, body, more: {}) = answer(type, for_all(seconds), body, more:)

  def file(type, seconds, body)
    answer(type, "public, max-age=#{seconds}, must-revalidate", body, more: { "x-content-type-options" => "nosniff" })
  end

  def elsewhere(status, location) = answer(HTML, NEVER, "", status:, more: { "location" => location })

  def streaming
    return api("{}\n", status: 404) if STREAMING == WEB_DOMAIN

    elsewhere(301, "https://#{STREAMING}/api/v1/streaming")
  end

  def webfinger(query)
    return document(180, JSON_TYPE, "{}\n", more: ANY_ORIGIN).tap { |found| found[0] = 404 } unless
      query.include?("@#{DOMAIN}") || query.include?("%40#{DOMAIN}")

    document(259_200, "application/jrd+json; charset=utf-8", %({"subject":"acct"}\n), more: ANY_ORIGIN)
  end

  # A page or its document, by `Accept`, under one URL; kept by nobody for somebody
  # (app/controllers/concerns/cache_concern.rb).
  def page_or_document(request, seconds)
    personal = %w[COOKIE AUTHORIZATION SIGNATURE].any? { |name| request.get_header("HTTP_#{name}") }
    activity = %r{application/(?:activity|ld)\+json}.match?(request.get_header("HTTP_ACCEPT").to_s)
    answer(
      activity ? ACTIVITY : HTML, personal ? NEVER : for_all(seconds),
      activity ? %({"type":"Person"}\n) : text_of("a profile"),
      more: { "vary" => "Accept, Accept-Language, Cookie, Signature", **(activity ? ANY_ORIGIN : {}) }
    )
  end

  # rack-cors answers preflights of the API itself.
  def preflight
    [200, { **ANY_ORIGIN, "access-control-allow-methods" => "GET, POST, PUT, PATCH, DELETE" }, []]
  end
end
