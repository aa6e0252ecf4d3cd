// Mastodon's web process as an edge sees it: hosts, https, addresses, and what each kind of path says about being kept (mastodon/mastodon v4.6).
// It answers with what it was asked in the header `x-seen`, JSON in base64url, so that the rehearsal can tell what came through.
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { BlockList } from "node:net";
import process from "node:process";

const { PORT, LOCAL_DOMAIN = "", WEB_DOMAIN = LOCAL_DOMAIN, ALTERNATE_DOMAINS = "" } = process.env;
const { TRUSTED_PROXY_IP, STREAMING_API_BASE_URL = `wss://${WEB_DOMAIN}` } = process.env;

/** config/initializers/1_hosts.rb */
const HOSTS = [LOCAL_DOMAIN, WEB_DOMAIN, ...ALTERNATE_DOMAINS.split(/\s*,\s*/u)].filter(Boolean);

/** Private ranges, unless the operator says which (config/environments/production.rb, lib/mastodon/... trusted_proxies). */
const PRIVATE = "127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7";
const trusted = new BlockList();
for (const range of (TRUSTED_PROXY_IP ?? PRIVATE).split(/[\s,]+/u).filter(Boolean)) {
  const [network, bits] = range.split("/");
  const family = network.includes(":") ? "ipv6" : "ipv4";
  if (bits === undefined) trusted.addAddress(network, family);
  else trusted.addSubnet(network, Number(bits), family);
}
const isTrusted = (address) => trusted.check(address, address.includes(":") ? "ipv6" : "ipv4");

const listed = (text) => (text ?? "").split(",").map((one) => one.trim());

/** One part of `Forwarded` (RFC 7239), of each hop. */
const partsOf = (text, part) =>
  listed(text).flatMap((hop) => {
    const found = new RegExp(`(?:^|;)\\s*${part}="?(?<value>[^";]*)`, "iu").exec(hop);
    return found === null ? [] : [found.groups.value];
  });

/**
 * Whom Rails takes for the visitor: `Forwarded` before `X-Forwarded-For`, and nobody where `Client-Ip` says otherwise
 * (rack/rack v3.1 `lib/rack/request.rb`, `forwarded_priority`; rails/rails `remote_ip.rb`). So measured with Rack 3.1.20,
 * ActionPack 7.2 and Mastodon's extension of it, 2026-11-28.
 */
function clientOf(peer, { forwarded, "x-forwarded-for": chain, "client-ip": claimed }) {
  const told = forwarded === undefined ? listed(chain) : partsOf(forwarded, "for");
  const hops = (told.length > 0 ? told : listed(chain)).filter(Boolean);
  if (claimed !== undefined && hops.length > 0 && !hops.includes(claimed)) return undefined;
  return [...hops, peer].findLast((address) => !isTrusted(address)) ?? hops[0] ?? peer;
}

/** Rack's `scheme`, in the order in which it looks. */
function schemeOf(headers) {
  if (headers["x-forwarded-ssl"] === "on") return "https";
  const [told] = partsOf(headers.forwarded, "proto");
  return told ?? headers["x-forwarded-proto"] ?? headers["x-forwarded-scheme"] ?? "http";
}

const NEVER = "private, no-store";
const forAll = (seconds) => `max-age=${seconds}, public`;
const html = "text/html; charset=utf-8";
const json = "application/json; charset=utf-8";
const activity = "application/activity+json; charset=utf-8";
const cors = { "access-control-allow-origin": "*" };
const SESSION = "_mastodon_session=0123456789abcdef; path=/; secure; HttpOnly; SameSite=Lax";
const PAGE = (title) => `<!doctype html><title>${title}</title><p>@admin@${LOCAL_DOMAIN}</p>\n`;

/** A page or its document, by `Accept`, under one URL; kept by nobody for somebody (app/controllers/concerns/cache_concern.rb). */
function eitherOf(request, seconds) {
  const { accept = "", cookie, authorization, signature } = request.headers;
  const personal = [cookie, authorization, signature].some((value) => value !== undefined);
  const isActivity = /application\/(?:activity|ld)\+json/u.test(accept);
  return {
    headers: {
      "content-type": isActivity ? activity : html,
      "cache-control": personal ? NEVER : forAll(seconds),
      vary: "Accept, Accept-Language, Cookie, Signature",
      ...(isActivity ? cors : {}),
    },
    body: isActivity ? '{"type":"Person"}\n' : PAGE("a profile"),
  };
}

const document = (seconds, type, body, more = {}) => ({
  headers: { "content-type": type, "cache-control": forAll(seconds), ...more },
  body,
});
const page = (title, more = {}) => ({
  headers: {
    "content-type": html,
    "cache-control": NEVER,
    vary: "Accept, Accept-Language, Cookie",
    ...more,
  },
  body: PAGE(title),
});
const api = (body = "{}\n", more = {}) => ({
  headers: {
    "content-type": json,
    "cache-control": NEVER,
    vary: "Authorization, Origin",
    ...cors,
    ...more,
  },
  body,
});
const file = (type, control, body) => ({
  headers: { "content-type": type, "cache-control": control, "x-content-type-options": "nosniff" },
  body,
});

/** Paths by their beginning, the first that fits; contract: mastodon/mastodon `config/routes.rb` and its controllers. */
const ROUTES = [
  [
    /^\/inbox$|^\/actor\/inbox$|^\/(?:ap\/)?users\/[^/]+\/inbox$/u,
    ({ method }) =>
      method === "POST" ? { ...api(""), status: 202 } : { ...page("not found"), status: 404 },
  ],
  [
    /^\/\.well-known\/webfinger$/u,
    ({ query }) =>
      query.includes(`@${LOCAL_DOMAIN}`) || query.includes(`%40${LOCAL_DOMAIN}`)
        ? document(259_200, "application/jrd+json; charset=utf-8", '{"subject":"acct"}\n', cors)
        : { ...document(180, json, "{}\n", cors), status: 404 },
  ],
  [
    /^\/\.well-known\/(?:nodeinfo|host-meta)/u,
    () => document(259_200, json, '{"links":[]}\n', cors),
  ],
  [/^\/nodeinfo\/2\.0$/u, () => document(1_800, json, '{"version":"2.0"}\n', cors)],
  [/^\/actor$/u, () => document(600, activity, '{"type":"Application"}\n')],
  [/^\/api\/v1\/instance\/domain_blocks$/u, () => api("[]\n")],
  [
    /^\/api\/v[12]\/instance$|^\/api\/v1\/instance\/|^\/api\/v1\/custom_emojis$|^\/api\/v1\/peers\/search$/u,
    () => document(300, json, '{"domain":"…"}\n', cors),
  ],
  // Anonymous timelines may be kept for seconds, by a cache that looks at Vary.
  [
    /^\/api\/v1\/timelines\/public$/u,
    ({ request }) =>
      request.headers.authorization === undefined
        ? api("[]\n", { "cache-control": forAll(15) })
        : api("[]\n"),
  ],
  [
    /^\/api\/v1\/streaming/u,
    () => {
      const host = new URL(STREAMING_API_BASE_URL).host;
      return host === WEB_DOMAIN
        ? { ...api(), status: 404 }
        : {
            ...api(""),
            status: 301,
            headers: { location: `https://${host}/api/v1/streaming`, "cache-control": NEVER },
          };
    },
  ],
  [/^\/api\/|^\/oauth\/(?:token|revoke|userinfo)$/u, () => api('{"ok":true}\n')],
  [
    /^\/auth\/sign_in$/u,
    ({ method }) =>
      method === "POST"
        ? { ...page("wrong password", { "set-cookie": SESSION }), status: 422 }
        : page("sign in", { "set-cookie": SESSION }),
  ],
  [
    /^\/media_proxy\//u,
    () => ({
      ...page("media"),
      status: 302,
      headers: { location: "https://media.invalid/file.png", "cache-control": NEVER },
    }),
  ],
  [
    /^\/(?:@|users\/|ap\/|tags\/|contexts\/|collections\/)/u,
    ({ request }) => eitherOf(request, 180),
  ],
  [
    /^\/sw\.js$/u,
    () => file("text/javascript", "public, max-age=604800, must-revalidate", "// worker\n"),
  ],
  [/^\/manifest(?:\.json)?$/u, () => document(180, "application/json", '{"name":"…"}\n')],
  [/^\/custom\.css$|^\/css\/custom-/u, () => document(2_629_746, "text/css", "/* own */\n")],
  [
    /^\/robots\.txt$/u,
    () => file("text/plain", "public, max-age=2419200, must-revalidate", "# robots\n"),
  ],
  [
    /^\/(?:packs|assets|emoji|sounds|avatars|headers)\//u,
    () => file("text/javascript", "public, max-age=2419200, must-revalidate", "// file\n"),
  ],
  [
    /^\/$|^\/(?:web|settings|admin|explore|about|invite|share|authorize_interaction|oauth|auth|statuses)/u,
    () => page("Mastodon", { "set-cookie": SESSION }),
  ],
];

createServer((request, response) => {
  const hash = createHash("sha256");
  let bytes = 0;
  request.on("data", (chunk) => {
    hash.update(chunk);
    bytes += chunk.length;
  });
  request.on("end", () => answer(request, response, { bytes, sha256: hash.digest("hex") }));
}).listen(Number(PORT), "127.0.0.1");

function answer(request, response, body) {
  const {
    host: withPort = "",
    "x-forwarded-for": forwarded,
    "x-forwarded-host": otherHost,
  } = request.headers;
  const host = withPort.replace(/:\d+$/u, "");
  const [path, query = ""] = request.url.split("?", 2);
  const peer = request.headers["x-rehearsal-peer"] ?? "127.0.0.1";
  const client = clientOf(peer, request.headers);
  const seen = {
    method: request.method,
    url: request.url,
    headers: request.headers,
    client,
    body,
  };
  const send = ({ status = 200, headers = {}, body: text = "" }) => {
    response.writeHead(status, {
      "strict-transport-security": "max-age=63072000; includeSubDomains",
      "x-seen": Buffer.from(JSON.stringify(seen)).toString("base64url"),
      "content-length": Buffer.byteLength(text),
      ...headers,
    });
    response.end(request.method === "HEAD" ? undefined : text);
  };
  // config/environments/production.rb: the one path that asks for neither host nor https.
  if (path === "/health")
    return send({ headers: { "content-type": "text/plain", "cache-control": NEVER }, body: "OK" });
  // Both, where a proxy names another (rails/rails `host_authorization.rb`).
  if (!HOSTS.includes(host) || (otherHost !== undefined && !HOSTS.includes(otherHost)))
    return send({ status: 403, headers: { "cache-control": NEVER }, body: "Blocked host\n" });
  // rack-ssl: 301 for what only reads, 307 for the rest.
  if (schemeOf(request.headers) !== "https") {
    const reads = ["GET", "HEAD"].includes(request.method);
    return send({
      status: reads ? 301 : 307,
      headers: { location: `https://${host}${request.url}` },
    });
  }
  // lib/action_dispatch/remote_ip_extensions.rb: who is no proxy may not speak for others.
  if ((forwarded !== undefined && !isTrusted(peer)) || client === undefined)
    return send({ status: 500, body: "IpSpoofAttackError\n" });
  // rack-cors answers preflights of the API itself.
  if (
    request.method === "OPTIONS" &&
    request.headers["access-control-request-method"] !== undefined
  )
    return send({
      headers: { ...cors, "access-control-allow-methods": "GET, POST, PUT, PATCH, DELETE" },
    });
  const [, route] = ROUTES.find(([pattern]) => pattern.test(path)) ?? [];
  send(
    route?.({ method: request.method, query, request }) ?? { ...page("not found"), status: 404 },
  );
}
