import type { Releases } from "../../checks/assets-origin.ts";
import { digestOf } from "../../pods/mastodon-image.ts";
import type { Ask, Expect, Row } from "./row.ts";

const YEAR = 31_536_000;
const DAY = 86_400;
const MISSING = 30;
/** Headers of every answer of the assets host, because pages of another host read it. */
const READABLE = { "access-control-allow-origin": "*", "x-content-type-options": "nosniff" };

/** The files of a release by kind: path and type. */
export function hashedFiles(version: string): readonly string[] {
  const digest = digestOf(version);
  return [
    `/packs/application-${digest}.js`,
    `/packs/application-${digest}.css`,
    `/packs/intl/de-${digest}.js`,
    `/packs/assets/inter-${digest}.woff2`,
    `/assets/logo-${digest}.svg`,
  ];
}

/** Requests to the assets host. */
export function staticRows(host: string, { current, previous }: Releases): readonly Row[] {
  const row = (what: string, ask: Omit<Ask, "host">, expect: Expect): Row => ({
    group: "Static files",
    what,
    ask: { host, ...ask },
    expect: { ...expect, headers: { ...READABLE, ...expect.headers } },
  });
  const miss = (keptSeconds: number, control: string): Expect => ({
    ...{ status: 200, from: "assets", cache: "MISS", keptSeconds },
    headers: { "cache-control": control },
  });
  const hit = (keptSeconds: number, more: Partial<Expect> = {}): Expect => ({
    ...{ status: 200, from: "edge", cache: "HIT", keptSeconds, ...more },
  });
  const refused = (what: string, path: string, method = "GET"): Row =>
    row(what, { method, path }, { status: 403, from: "edge", cache: undefined, by: REFUSED });
  const hashed = "public, max-age=31536000, immutable, stale-if-error=604800";
  const daily = "public, max-age=86400, stale-if-error=604800";
  const [script = ""] = hashedFiles(current);
  const emoji = "/emoji/1f600.svg";
  const lost = "/packs/application-00000000.js";
  return [
    ...[...hashedFiles(previous), ...hashedFiles(current)].map((path) =>
      row("a hashed file of either release is kept for a year", { path }, miss(YEAR, hashed)),
    ),
    row("the second visitor gets it from the edge", { path: script }, hit(YEAR)),
    row(
      "also of a kind that Cloudflare does not keep by itself",
      { path: `${script}.map` },
      miss(YEAR, hashed),
    ),
    row("a query makes no second copy of a hashed file", { path: `${script}?v=1&x=2` }, hit(YEAR)),
    row(
      "a module that a page loads from another host is a copy of its own, readable there",
      { path: script, headers: { origin: "https://example.social" } },
      miss(YEAR, hashed),
    ),
    row("a HEAD is answered from the edge's copy", { method: "HEAD", path: script }, hit(YEAR)),
    row(
      "a cookie changes nothing, and none comes back",
      { path: script, headers: { cookie: "_mastodon_session=1" } },
      hit(YEAR, { headers: { "set-cookie": undefined } }),
    ),
    row(
      "neither does a token",
      { path: script, headers: { authorization: "Bearer 1" } },
      hit(YEAR),
    ),
    row(
      "a part of it comes as a part",
      { path: script, headers: { range: "bytes=0-13" } },
      hit(YEAR, { status: 206, has: "export default", headers: { "content-length": "14" } }),
    ),
    row(
      "who has it already is told so",
      { path: script, headers: { "if-modified-since": "Fri, 01 Jan 2027 00:00:00 GMT" } },
      hit(YEAR, { status: 304 }),
    ),
    row(
      "it is compressed for who can take that",
      { path: script, headers: { "accept-encoding": "gzip" } },
      hit(YEAR, { headers: { "content-encoding": "gzip" } }),
    ),
    row(
      "and not for others",
      { path: script },
      hit(YEAR, { has: "application of", headers: { "content-encoding": undefined } }),
    ),
    row(
      "a preflight is asked of the origin, and never kept",
      { method: "OPTIONS", path: script, headers: { origin: "https://example.social" } },
      { status: 204, from: "assets", cache: "DYNAMIC", keptSeconds: undefined },
    ),
    row("a file without a hash is kept for a day", { path: emoji }, miss(DAY, daily)),
    row("and not once for each query", { path: `${emoji}?1` }, hit(DAY)),
    row(
      "after that day it is asked whether it is still the same",
      { path: emoji, afterSeconds: DAY + 1 },
      { status: 200, from: "assets", cache: "REVALIDATED", keptSeconds: DAY },
    ),
    row("a default picture likewise", { path: "/avatars/original/missing.png" }, miss(DAY, daily)),
    row("a sound likewise", { path: "/sounds/boop.ogg" }, miss(DAY, daily)),
    row(
      "a file that isn't there is missing for half a minute",
      { path: lost },
      {
        ...{ status: 404, from: "assets", cache: "MISS", keptSeconds: MISSING },
        headers: { "cache-control": "public, max-age=30" },
      },
    ),
    row(
      "in that time the origin has its peace",
      { path: lost },
      { status: 404, from: "edge", cache: "HIT", keptSeconds: MISSING },
    ),
    row(
      "after it, it is looked for again",
      { path: lost, afterSeconds: MISSING + 1 },
      { status: 404, from: "assets", cache: "EXPIRED", keptSeconds: MISSING },
    ),
    row(
      "whether the origin is well is asked of it each time",
      { path: "/health" },
      { status: 200, from: "assets", cache: "DYNAMIC", keptSeconds: undefined },
    ),
    refused("the service worker belongs to the web host", "/sw.js"),
    refused("also by its other name", "/packs/sw.js"),
    refused("Vite's manifest is nobody's business", "/packs/.vite/manifest.json"),
    refused("hidden files are none", "/.env"),
    refused("what is no static file is not asked for", "/api/v1/instance"),
    refused("nor is the root", "/"),
    refused("a way out of the folder leads nowhere", "/packs/../../../etc/passwd"),
    refused("nor does one in disguise", "/packs/%2e%2e/%2e%2e/etc/passwd"),
    refused("files are not written", script, "POST"),
    refused("nor deleted", script, "DELETE"),
  ];
}

/** The rule that allows only static files. */
const REFUSED = "assets_static_files_only";
