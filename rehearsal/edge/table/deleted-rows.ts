import { PURGE_HEADER, PURGE_METHOD, PURGE_PATH } from "../../../domain/media-purge.ts";
import { PICTURE } from "./media-rows.ts";
import type { Ask, Expect, Row } from "./row.ts";

const DAY = 86_400;
/** A page of the server, and one of another site. */
const OWN_PAGE = (webHost: string) => ({ origin: `https://${webHost}` });
const OTHER_PAGE = { origin: "https://elsewhere.example" };

/** Input of the rows: the hosts of media and web, and the Worker's secret. */
export interface DeletedHosts {
  readonly media: string;
  readonly web: string;
  /**
   * Secret with which Sidekiq authenticates; undefined if no Worker accepts purges (`media.purge`).
   */
  readonly secret: string | undefined;
}

const { path } = PICTURE;

const rowFor =
  (host: string) =>
  (what: string, ask: Omit<Ask, "host">, expect: Expect): Row => ({
    ...{ group: "Media that was deleted", what, ask: { host, ...ask }, expect },
  });

/**
 * Before the deletion: the edge has a copy for everyone, one for the server's pages, and one for
 * another site's.
 */
export function servedRows({ media, web }: DeletedHosts): readonly Row[] {
  const row = rowFor(media);
  const served: Expect = { status: 200, from: "media", cache: "MISS", keptSeconds: DAY };
  return [
    row("a picture is served", { path }, served),
    row("to a page of the server's", { path, headers: OWN_PAGE(web) }, served),
    row("and to a stranger's", { path, headers: OTHER_PAGE }, served),
  ];
}

/** The object is deleted, and the edge was not purged. */
export function untoldRows({ media, web }: DeletedHosts): readonly Row[] {
  const row = rowFor(media);
  const kept: Expect = { status: 200, from: "edge", cache: "HIT", keptSeconds: DAY };
  return [
    row("deleted, it is still at the edge", { path }, kept),
    row("for pages, too", { path, headers: OWN_PAGE(web) }, kept),
  ];
}

/** Mastodon's purge, and purges of others. In this order: those without permission come first. */
export function toldRows({ media, web, secret = "" }: DeletedHosts): readonly Row[] {
  const row = rowFor(media);
  const told = { [PURGE_HEADER.toLowerCase()]: secret };
  const word = { method: PURGE_METHOD, headers: told };
  const at = (file: string): string => `${PURGE_PATH}${file}`;
  const refused = (what: string, ask: Omit<Ask, "host">, status: number): Row =>
    row(what, ask, { status, from: "edge", cache: undefined });
  const kept: Expect = { status: 200, from: "edge", cache: "HIT", keptSeconds: DAY };
  const gone: Expect = { status: 404, from: "media", cache: "MISS", keptSeconds: 180 };
  const wrong = { [PURGE_HEADER.toLowerCase()]: `${secret}x` };
  return [
    row(
      "Mastodon's word is sent to who takes it, with method and secret",
      { ...word, path },
      {
        ...{ status: 307, from: "edge", cache: undefined, by: "media_purge" },
        headers: { location: `https://${media}${PURGE_PATH}${path}` },
      },
    ),
    refused("a wrong secret is refused", { ...word, path: at(path), headers: wrong }, 403),
    refused("none, too", { method: PURGE_METHOD, path: at(path) }, 403),
    refused("another method, too", { ...word, method: "GET", path: at(path) }, 403),
    refused("a folder is no file", { ...word, path: at("/media_attachments/files/109/") }, 404),
    refused("nor is the whole host", { ...word, path: at("/") }, 404),
    refused("nor a way out", { ...word, path: at("/media_attachments/files/../../x.png") }, 404),
    row("after all this the copy is still there", { path }, kept),
    refused("the right secret is taken", { ...word, path: at(path) }, 200),
    row("then it is gone", { path }, gone),
    row("for the server's pages, too", { path, headers: OWN_PAGE(web) }, gone),
    row("and for every stranger's", { path, headers: OTHER_PAGE }, gone),
  ];
}

/** Nothing accepts Mastodon's purge: after a day the copy is gone anyway. */
export function dayLaterRows({ media }: DeletedHosts): readonly Row[] {
  const row = rowFor(media);
  return [
    row(
      "a day later it is gone without a word",
      { path, afterSeconds: DAY + 1 },
      { status: 404, from: "media", cache: "EXPIRED", keptSeconds: 180 },
    ),
  ];
}
