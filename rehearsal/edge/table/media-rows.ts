import { answerWith } from "../messages.ts";
import type { EdgeResponse } from "../messages.ts";
import type { Ask, Expect, Row } from "./row.ts";
import { ALL_LIES, VISITOR_RULE } from "./visitor-rows.ts";

/**
 * `max-age` that Mastodon sets on each uploaded object (mastodon/mastodon
 * `config/initializers/paperclip.rb`): ten years.
 */
const TEN_YEARS = 315_576_000;

/** A picture as Mastodon would upload it: path and object. */
export const PICTURE: { readonly path: string; readonly object: EdgeResponse } = {
  path: "/media_attachments/files/109/000/000/000/000/001/original/0a1b2c3d4e5f6071.png",
  object: answerWith("\u0089PNG of a member", {
    "cache-control": `public, max-age=${TEN_YEARS}, immutable`,
    "content-type": "image/png",
    etag: '"0a1b2c3d"',
  }),
};

/** Headers of every answer of a media host, including misses. */
const SAFE = {
  "access-control-allow-origin": "*",
  "content-security-policy": "default-src 'none'; form-action 'none'",
  "x-content-type-options": "nosniff",
  "set-cookie": undefined,
};

/** Seconds that the edge keeps media, regardless of the origin's header. */
const DAY = 86_400;

/**
 * Requests to the media host.
 * @param from the origin: the bucket itself, or the cluster's nginx for a Space, with the seconds
 * for which it lets a miss be kept.
 */
export function mediaRows(
  host: string,
  store: {
    readonly from: "media" | "assets";
    readonly missingSeconds: number;
  },
): readonly Row[] {
  const { from, missingSeconds } = store;
  const keptSeconds = DAY;
  const row = (what: string, ask: Omit<Ask, "host">, expect: Expect): Row => ({
    ...{ group: "Media", what, ask: { host, ...ask } },
    expect: { ...expect, headers: { ...SAFE, ...expect.headers } },
  });
  const { path } = PICTURE;
  const hit: Expect = { status: 200, from: "edge", cache: "HIT", keptSeconds };
  const missing: Expect = { status: 404, from, cache: "MISS", keptSeconds: missingSeconds };
  return [
    row(
      "a picture is kept for a day, and by who has seen it as long as its origin says",
      { path },
      {
        ...{ status: 200, from, cache: "MISS", keptSeconds, has: "PNG of a member" },
        headers: { "content-type": "image/png" },
      },
    ),
    row("and comes from the edge", { path }, hit),
    row("a query makes no second copy", { path: `${path}?x=1` }, hit),
    row("a cookie changes nothing", { path, headers: { cookie: "a=b" } }, hit),
    row(
      "a part comes as a part, as films are played",
      { path, headers: { range: "bytes=1-3" } },
      {
        ...{ ...hit, status: 206, has: "" },
      },
    ),
    row("a HEAD is answered by the same copy", { method: "HEAD", path }, hit),
    row(
      "a player on a page of another host may read it",
      { path, headers: { origin: "https://example.social" } },
      {
        ...{ status: 200, from, cache: "MISS", keptSeconds },
      },
    ),
    row(
      "what was deleted is missing, and can be read as missing",
      { path: "/media_attachments/none.png" },
      missing,
    ),
    row(
      "a day later the edge asks whether it is still there",
      { path, afterSeconds: DAY + 1 },
      { status: 200, from, cache: "REVALIDATED", keptSeconds },
    ),
    row(
      "a member's export is not read here, and never kept",
      { path: "/backups/dumps/000/000/001/original/archive.zip" },
      { status: 403, from: "edge", cache: undefined, by: "media_no_exports" },
    ),
    row("the bucket shows no list of what is in it", { path: "/" }, missing),
    // Requests for media in R2 never reach the cluster.
    ...(from === "assets"
      ? [
          row(
            "what a visitor says of the way he came ends at the edge",
            { path: "/media_attachments/other.png", headers: ALL_LIES },
            { ...missing, fitted: VISITOR_RULE },
          ),
        ]
      : []),
    row(
      "nor to who asks as S3 does",
      { path: "/?list-type=2&prefix=backups" },
      {
        ...{ status: 404, from: "edge", cache: "HIT", keptSeconds: missingSeconds },
      },
    ),
  ];
}
