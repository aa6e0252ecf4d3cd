import type { Releases } from "../../checks/assets-origin.ts";
import { hashedFiles } from "./static-rows.ts";
import type { Ask, Expect, Row } from "./row.ts";

const DAY = 86_400;
const READABLE = { "access-control-allow-origin": "*" };

/**
 * The origin of static files is down; files that were requested before are at the edge. In this
 * order, because time advances.
 */
export function assetsAwayRows(host: string, { current, previous }: Releases): readonly Row[] {
  const row = (what: string, ask: Omit<Ask, "host">, expect: Expect): Row => ({
    group: "The static files' origin is away",
    what,
    ask: { host, ...ask },
    expect: { ...expect, headers: READABLE },
  });
  return [
    ...[...hashedFiles(previous), ...hashedFiles(current)].map((path) =>
      row(
        "every hashed file of either release is still there",
        { path },
        {
          ...{ status: 200, from: "edge", cache: "HIT", keptSeconds: 365 * DAY },
        },
      ),
    ),
    row(
      "what nobody asked for yet fails in a way that a page can read",
      { path: "/packs/application-11111111.js" },
      { status: 502, from: "edge", cache: "MISS", keptSeconds: undefined },
    ),
    row(
      "a preflight fails likewise",
      { method: "OPTIONS", path: "/packs/a-11111111.js" },
      {
        ...{ status: 502, from: "edge", cache: "DYNAMIC" },
      },
    ),
    row(
      "two days later a file without a hash is old, and still there",
      { path: "/emoji/1f600.svg", afterSeconds: 2 * DAY },
      { status: 200, from: "edge", cache: "STALE", keptSeconds: DAY },
    ),
    row(
      "after more than a week it is not",
      { path: "/emoji/1f600.svg", afterSeconds: 7 * DAY },
      { status: 502, from: "edge", cache: "EXPIRED", keptSeconds: undefined },
    ),
    row(
      "and hashed files still are",
      { path: hashedFiles(current)[0] ?? "" },
      {
        ...{ status: 200, from: "edge", cache: "HIT", keptSeconds: 365 * DAY },
      },
    ),
  ];
}

/** No connector is left: the cluster is gone, or its network. */
export function unreachableRows(
  hosts: { readonly web: string; readonly streaming: string; readonly assets: string },
  { current }: Releases,
): readonly Row[] {
  const gone: Expect = { status: 530, from: "edge", cache: "DYNAMIC", has: "1033" };
  const row = (what: string, ask: Ask, expect: Expect): Row => ({
    ...{ group: "No connector is left", what, ask, expect },
  });
  return [
    row(
      "pages fail at once",
      { host: hosts.web, path: "/", headers: { accept: "text/html" } },
      gone,
    ),
    row(
      "deliveries too: other servers try again for days",
      {
        ...{ host: hosts.web, method: "POST", path: "/inbox", body: "{}", signed: true },
      },
      gone,
    ),
    row(
      "WebSockets too",
      { host: hosts.streaming, path: "/api/v1/streaming/?access_token=1", socket: true },
      {
        ...{ status: 530, from: "edge", cache: "DYNAMIC" },
      },
    ),
    row(
      "hashed files are still there",
      { host: hosts.assets, path: hashedFiles(current)[0] ?? "" },
      {
        ...{ status: 200, from: "edge", cache: "HIT", headers: READABLE },
      },
    ),
  ];
}
