import type { Ask, Expect, Row } from "./row.ts";

const ACTIVITY = { accept: "application/activity+json" };
const PAGE = { accept: "text/html" };
const NOTE = '{"type":"Create","object":{"type":"Note","content":"äöü & \\u2028"}}\n';
const DAYS = 259_200;

/** Requests of other servers. `domain`: the part after the @. */
export function federationRows(host: string, domain: string): readonly Row[] {
  const row = (what: string, ask: Omit<Ask, "host">, expect: Expect): Row => ({
    ...{ group: "Federation", what, ask: { host, ...ask }, expect },
  });
  const asked = (more: Partial<Expect> = {}): Expect => ({
    ...{ status: 200, from: "web", cache: "DYNAMIC", keptSeconds: undefined, ...more },
  });
  const kept = (keptSeconds: number, more: Partial<Expect> = {}): Expect => ({
    ...{ status: 200, from: "web", cache: "MISS", keptSeconds, ...more },
  });
  const delivered = (path: string): Row =>
    row(
      `a signed delivery to ${path} comes through untouched`,
      {
        method: "POST",
        path,
        body: NOTE,
        signed: true,
        headers: { "content-type": "application/activity+json" },
      },
      asked({ status: 202, signatureHolds: true }),
    );
  const finger = (name: string): string => `/.well-known/webfinger?resource=acct:${name}@${domain}`;
  const page = asked({ headers: { "content-type": "text/html; charset=utf-8" } });
  const document = asked({
    headers: { "content-type": "application/activity+json; charset=utf-8" },
  });
  return [
    delivered("/inbox"),
    delivered("/users/admin/inbox"),
    delivered("/ap/users/1/inbox"),
    delivered("/actor/inbox"),
    row(
      "one without a name for its sender, too",
      { method: "POST", path: "/inbox", body: NOTE, signed: true, headers: { "user-agent": "" } },
      asked({ status: 202, signatureHolds: true }),
    ),
    row("a profile is a page for people", { path: "/@admin", headers: PAGE }, page),
    row(
      "and a document for servers, under the same URL",
      { path: "/@admin", headers: ACTIVITY },
      document,
    ),
    row("and still a page for the next", { path: "/@admin", headers: PAGE }, page),
    row(
      "a signed question about an actor is answered by Mastodon",
      { path: "/users/admin", headers: ACTIVITY, signed: true },
      asked({ signatureHolds: true, headers: { "cache-control": "private, no-store" } }),
    ),
    row(
      "a post is a document for servers",
      { path: "/users/admin/statuses/1", headers: ACTIVITY },
      document,
    ),
    row("a HEAD is asked as one", { method: "HEAD", path: "/@admin", headers: ACTIVITY }, document),
    row(
      "who stands behind a name is kept for days",
      { path: finger("admin") },
      kept(DAYS, {
        headers: { "access-control-allow-origin": "*" },
      }),
    ),
    row(
      "for the next server",
      { path: finger("admin") },
      { ...kept(DAYS), from: "edge", cache: "HIT" },
    ),
    row("each name by itself", { path: finger("other") }, kept(DAYS)),
    row(
      "a name that isn't there for minutes",
      {
        path: "/.well-known/webfinger?resource=acct:nobody@elsewhere.example",
      },
      kept(180, { status: 404 }),
    ),
    row("where the figures are, for days", { path: "/.well-known/nodeinfo" }, kept(DAYS)),
    row("the figures, for half an hour", { path: "/nodeinfo/2.0" }, kept(1_800)),
    row("the old way to a name, for days", { path: "/.well-known/host-meta" }, kept(DAYS)),
    row("the server's own actor, for minutes", { path: "/actor", headers: ACTIVITY }, kept(600)),
    row(
      "but not for a signed question",
      { path: "/actor", headers: ACTIVITY, signed: true },
      asked(),
    ),
  ];
}
