import type { EdgeCache } from "./cache.ts";
import type { EdgeClock } from "./clock.ts";

/**
 * The only call of Cloudflare's API that a Worker of this program makes: `POST
 * /zones/<id>/purge_cache`.
 *
 * Limits of Free, as of 2026-11-28. A call has 30 files at most (cloudflare/cloudflare-docs
 * `src/content/docs/cache/how-to/purge-cache/purge-by-single-file.mdx`). For prefixes the limit is
 * 5 calls a minute and a burst of 25 (`index.mdx` of the same folder). The limit of 800 files a
 * second is not modelled.
 */

const FILES_A_CALL = 30;
const PREFIX_CALLS_AT_ONCE = 25;
const PREFIX_CALLS_A_SECOND = 5 / 60;

/** Body of a purge call: files or prefixes. */
interface Asked {
  readonly files?: readonly {
    readonly url: string;
    readonly headers?: Readonly<Record<string, string>>;
  }[];
  readonly prefixes?: readonly string[];
}

/** The API in front of one edge's cache. */
export class PurgeApi {
  readonly #cache: EdgeCache;
  readonly #clock: EdgeClock;
  #calls = PREFIX_CALLS_AT_ONCE;
  #at: number;

  constructor(cache: EdgeCache, clock: EdgeClock) {
    this.#cache = cache;
    this.#clock = clock;
    this.#at = clock.now();
  }

  /** Returns the status. `tokens`: the zone that each token may purge. */
  answer(
    call: { readonly url: string; readonly token: string; readonly body: string },
    tokens: ReadonlyMap<string, string>,
  ): 200 | 400 | 403 | 404 | 429 {
    const zone =
      /^https:\/\/api\.cloudflare\.com\/client\/v4\/zones\/(?<zone>[0-9a-f]{32})\/purge_cache$/u.exec(
        call.url,
      )?.groups?.["zone"];
    if (zone === undefined) return 404;
    if (tokens.get(call.token) !== zone) return 403;
    const { files, prefixes } = JSON.parse(call.body) as Asked;
    if (files !== undefined) {
      if (files.length > FILES_A_CALL) return 400;
      this.#cache.purge({ files });
    } else if (prefixes === undefined) return 400;
    else {
      if (!this.#mayCall()) return 429;
      this.#cache.purge({ prefixes });
    }
    return 200;
  }

  #mayCall(): boolean {
    const now = this.#clock.now();
    const since = ((now - this.#at) / 1_000) * PREFIX_CALLS_A_SECOND;
    this.#calls = Math.min(PREFIX_CALLS_AT_ONCE, this.#calls + since);
    this.#at = now;
    if (this.#calls < 1) return false;
    this.#calls -= 1;
    return true;
  }
}
