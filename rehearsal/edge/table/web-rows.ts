import type { Ask, Expect, Row } from "./row.ts";

const NEVER = "private, no-store";

/** Requests of people and apps to the web host. */
export function webRows(host: string, streamingHost: string): readonly Row[] {
  const row = (what: string, ask: Omit<Ask, "host">, expect: Expect): Row => ({
    ...{ group: "Pages and API", what, ask: { host, ...ask }, expect },
  });
  /** Each request reaches Mastodon, and its answer is unchanged. */
  const asked = (more: Partial<Expect> = {}): Expect => ({
    ...{ status: 200, from: "web", cache: "DYNAMIC", keptSeconds: undefined, ...more },
  });
  const kept = (keptSeconds: number): Expect => ({
    ...{ status: 200, from: "web", cache: "MISS", keptSeconds },
    headers: {
      "cache-control": `max-age=${keptSeconds}, public`,
      "access-control-allow-origin": "*",
    },
  });
  const hit = (keptSeconds: number): Expect => ({
    ...{ status: 200, from: "edge", cache: "HIT", keptSeconds },
  });
  const bearer = { authorization: "Bearer 0123" };
  const cookie = { cookie: "_mastodon_session=0123" };
  const signIn = { method: "POST", path: "/auth/sign_in", body: "user[password]=x" };
  return [
    row(
      "a page is never kept, and its cookie and address come through",
      { path: "/" },
      asked({
        has: "@admin@",
        headers: { "cache-control": NEVER, "content-type": "text/html; charset=utf-8" },
      }),
    ),
    row(
      "nor one with an ending that is kept elsewhere",
      { path: "/packs/application-1.js" },
      asked(),
    ),
    row(
      "the service worker is asked for here, as long-lived as Mastodon says",
      { path: "/sw.js" },
      asked({ headers: { "cache-control": "public, max-age=604800, must-revalidate" } }),
    ),
    row("the manifest is asked for", { path: "/manifest.json" }, asked()),
    row("the operator's style is asked for", { path: "/custom.css" }, asked()),
    row(
      "robots.txt, which Cloudflare keeps by itself, is asked for",
      { path: "/robots.txt" },
      asked(),
    ),
    row(
      "without encryption there is only the way to it",
      { scheme: "http", path: "/@admin?x=1" },
      {
        ...{ status: 301, from: "edge", cache: undefined, by: "always_use_https" },
        headers: { location: `https://${host}/@admin?x=1` },
      },
    ),
    row(
      "Mastodon is told that the visitor came encrypted, whatever he says",
      { path: "/web/home", headers: { "x-forwarded-proto": "http" } },
      asked({ seen: { "x-forwarded-proto": "https" } }),
    ),
    row(
      "and who he is, whatever he says",
      { path: "/about", client: "203.0.113.99", headers: { "x-forwarded-for": "192.0.2.1" } },
      asked({ client: "203.0.113.99", seen: { "cf-connecting-ip": "203.0.113.99" } }),
    ),
    row("a member's page is not the next one's", { path: "/web/home", headers: cookie }, asked()),
    row("settings are a member's own", { path: "/settings/profile", headers: cookie }, asked()),
    row("what isn't there is said by Mastodon", { path: "/nonsense" }, asked({ status: 404 })),
    row("its figures are for nobody", { path: "/metrics" }, asked({ status: 404 })),
    row("whether it is well is asked of it", { path: "/health" }, asked()),
    row("the API is asked each time", { path: "/api/v1/timelines/home", headers: bearer }, asked()),
    row(
      "also where Mastodon lets a cache keep it that looks at Vary: Cloudflare's doesn't",
      { path: "/api/v1/timelines/public" },
      asked({ headers: { "cache-control": "max-age=15, public" } }),
    ),
    row(
      "an app in a browser may ask first",
      {
        ...{ method: "OPTIONS", path: "/api/v1/statuses" },
        headers: { origin: "https://app.example", "access-control-request-method": "POST" },
      },
      asked({ headers: { "access-control-allow-origin": "*" } }),
    ),
    row(
      "a post is sent on",
      { method: "POST", path: "/api/v1/statuses", body: "status=x" },
      asked(),
    ),
    row("a token is handed out", { method: "POST", path: "/oauth/token", body: "code=x" }, asked()),
    row(
      "media elsewhere is fetched through Mastodon",
      { path: "/media_proxy/1/original" },
      asked({ status: 302 }),
    ),
    row("the instance's description is kept for minutes", { path: "/api/v2/instance" }, kept(300)),
    row("for everyone", { path: "/api/v2/instance" }, hit(300)),
    row("but not for who says who he is", { path: "/api/v2/instance", headers: bearer }, asked()),
    row("nor by a cookie", { path: "/api/v2/instance", headers: cookie }, asked()),
    row("custom emoji likewise", { path: "/api/v1/custom_emojis" }, kept(300)),
    row("and the instance's rules", { path: "/api/v1/instance/rules" }, kept(300)),
    row(
      "but not what may be for members only",
      { path: "/api/v1/instance/domain_blocks" },
      asked(),
    ),
    row(
      "streaming is at its own host",
      { path: "/api/v1/streaming/public" },
      asked({
        status: 301,
        headers: { location: `https://${streamingHost}/api/v1/streaming` },
      }),
    ),
    row(
      "an upload of 97 MB comes through whole",
      {
        ...{ method: "POST", path: "/api/v2/media", headers: bearer },
        body: Buffer.alloc(97_000_000, 1),
      },
      asked(),
    ),
    row(
      "one of 110 MB does not, and nobody behind is asked",
      {
        ...{ method: "POST", path: "/api/v2/media", headers: bearer },
        claimsBytes: 110_000_000,
      },
      { status: 413, from: "edge", cache: undefined, by: "upload limit" },
    ),
    row(
      "a form to sign in has a cookie of its own",
      { path: "/auth/sign_in" },
      asked({
        headers: {
          "set-cookie":
            "_mastodon_session=0123456789abcdef; path=/; secure; HttpOnly; SameSite=Lax",
        },
      }),
    ),
    row(
      "a wrong password is Mastodon's to refuse",
      { ...signIn, client: "203.0.113.50" },
      asked({ status: 422 }),
    ),
    row(
      "a flood of them ends at the edge",
      { ...signIn, client: "203.0.113.51", before: 15 },
      {
        ...{ status: 429, from: "edge", cache: undefined, by: "sign_in" },
      },
    ),
    row("others sign in meanwhile", { ...signIn, client: "203.0.113.52" }, asked({ status: 422 })),
    row("who was kept out may read", { path: "/about", client: "203.0.113.51" }, asked()),
    row(
      "and try again later",
      { ...signIn, client: "203.0.113.51", afterSeconds: 11 },
      asked({ status: 422 }),
    ),
    {
      group: "Pages and API",
      what: "a host that isn't ours is nobody's",
      ask: { host: "elsewhere.example", path: "/" },
      expect: { status: 530, from: "edge", cache: undefined, by: "DNS" },
    },
  ];
}
