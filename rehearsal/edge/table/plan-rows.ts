import type { Ask, Expect, Row } from "./row.ts";

/** Rows of a business plan that differ from a free one's. */
export function paidRows(host: string): readonly Row[] {
  const row = (what: string, ask: Omit<Ask, "host">, expect: Expect): Row => ({
    ...{ group: "On a business plan", what, ask: { host, ...ask }, expect },
  });
  const asked = (status = 200): Expect => ({ status, from: "web", cache: "DYNAMIC" });
  const client = "203.0.113.60";
  const signIn = { method: "POST", path: "/auth/sign_in", body: "user[password]=x" };
  return [
    row(
      "an upload of 110 MB comes through",
      { method: "POST", path: "/api/v2/media", body: Buffer.alloc(110_000_000, 1) },
      asked(),
    ),
    row(
      "looking at the form often is no flood",
      { path: "/auth/sign_in", client, before: 40 },
      asked(),
    ),
    row(
      "sending it often is",
      { ...signIn, client, before: 20 },
      {
        ...{ status: 429, from: "edge", cache: undefined, by: "sign_in" },
      },
    ),
    row(
      "for an hour",
      { ...signIn, client, afterSeconds: 3_590 },
      {
        ...{ status: 429, from: "edge", cache: undefined, by: "sign_in" },
      },
    ),
    row("and no longer", { ...signIn, client, afterSeconds: 20 }, asked(422)),
    row(
      "an app that signs people up by the dozen is one, too",
      {
        ...{
          method: "POST",
          path: "/api/v1/accounts",
          body: "x",
          client: "203.0.113.61",
          before: 20,
        },
      },
      { status: 429, from: "edge", cache: undefined, by: "sign_in_by_app" },
    ),
  ];
}

/** The web pods are gone, and the plan allows a custom error page. */
export function errorPageRows(host: string, page: "our own" | "Cloudflare's"): readonly Row[] {
  const row = (what: string, ask: Omit<Ask, "host">, expect: Expect): Row => ({
    ...{ group: "Web is away", what, ask: { host, ...ask }, expect },
  });
  const away: Expect = { status: 502, from: "edge", cache: "DYNAMIC" };
  return [
    row(
      `people see ${page} page, and what really happened in its status`,
      { path: "/@admin", headers: { accept: "text/html,*/*" } },
      { ...away, has: page === "our own" ? "<title>" : "error code: 502" },
    ),
    row(
      "apps see the status alone",
      { path: "/api/v1/statuses", headers: { accept: "application/json" } },
      {
        ...{ ...away, has: "error code: 502" },
      },
    ),
    row(
      "so do other servers",
      { method: "POST", path: "/inbox", body: "{}", signed: true },
      {
        ...{ ...away, has: "error code: 502" },
      },
    ),
  ];
}
