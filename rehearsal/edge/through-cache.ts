import type { Readable } from "node:stream";
import type { EdgeCache, Entry } from "./cache.ts";
import {
  browserControl,
  eligibilityOf,
  keyOf,
  storageOf,
  type Eligibility,
} from "./cache-policy.ts";
import type { EdgeClock } from "./clock.ts";
import { withHeaders, type EdgeResponse } from "./messages.ts";
import type { CacheSettings } from "./rules.ts";
import { selected } from "./selected.ts";
import type { Errand, ToOrigin } from "./to-origin.ts";
import type { Reply } from "./upstream.ts";

/** Dependencies of the cache lookup. */
export interface Ground {
  readonly cache: EdgeCache;
  readonly clock: EdgeClock;
  readonly toOrigin: ToOrigin;
}

/** A request with the settings of the cache rules. */
export interface CacheErrand extends Errand {
  readonly settings: CacheSettings;
}

/** An answer with its `cf-cache-status`. */
interface Answered {
  readonly status: string;
  readonly reply: Reply;
}

/**
 * Status codes of a failed origin for a cache: those of RFC 5861, and those that Cloudflare
 * generates.
 */
const FAILED: ReadonlySet<number> = new Set([500, 502, 503, 504, 520, 521, 522, 523, 524, 530]);

/**
 * Answers from the cache, or from the origin and stores the answer
 * (https://developers.cloudflare.com/cache/concepts/cache-responses/).
 */
export async function throughCache(
  ground: Ground,
  errand: CacheErrand,
  body: Readable | undefined,
): Promise<Answered> {
  const { request, settings } = errand;
  const eligibility = eligibilityOf(request, settings);
  if (eligibility === "no")
    return { status: "DYNAMIC", reply: await ground.toOrigin.fetch(errand, body) };
  const way = new Way(ground, errand, eligibility);
  const found = ground.cache.find(keyOf(request, settings));
  switch (found.kind) {
    case "nothing":
      return way.kept(await ground.toOrigin.fetchWhole(errand));
    case "fresh":
      return way.shown("HIT", found.entry);
    case "stale":
      return found.whileRevalidating ? way.updating(found.entry) : await way.renewed(found);
  }
}

/** One request that may be answered from the cache. */
class Way {
  readonly #ground: Ground;
  readonly #errand: CacheErrand;
  readonly #eligibility: Eligibility;
  readonly #key: string;

  constructor(ground: Ground, errand: CacheErrand, eligibility: Eligibility) {
    this.#ground = ground;
    this.#errand = errand;
    this.#eligibility = eligibility;
    this.#key = keyOf(errand.request, errand.settings);
  }

  /** A cached object. `Age` "is only present for responses served from the cache" (same page). */
  shown(status: string, entry: Entry): Answered {
    this.#errand.trace.keptSeconds = entry.seconds;
    const age = Math.floor((this.#ground.clock.now() - entry.since) / 1_000);
    const headers = withHeaders(entry.response.headers, { age: String(age) });
    return { status, reply: this.#forVisitor({ ...entry.response, headers }) };
  }

  /** The origin's answer, stored if it may be. */
  kept(response: EdgeResponse): Answered {
    const { request, settings, trace } = this.#errand;
    const storage = storageOf(request, response, settings, this.#eligibility);
    const clean = storage.stripsCookies
      ? { ...response, headers: withHeaders(response.headers, { "set-cookie": undefined }) }
      : response;
    this.#ground.cache.keep(this.#key, clean, storage);
    trace.keptSeconds = storage.seconds;
    return { status: storage.status, reply: this.#forVisitor(clean) };
  }

  /**
   * "That request immediately receives stale content with an UPDATING status instead of blocking"
   * (`concepts/revalidation/`).
   */
  updating(entry: Entry): Answered {
    const update = this.#ground.toOrigin
      .fetchWhole(this.#errand, entry.response)
      .then((response) => {
        if (response.status === 304) this.#ground.cache.renew(this.#key, entry);
        else if (!FAILED.has(response.status)) this.kept(response);
      });
    update.catch(() => undefined);
    return this.shown("UPDATING", entry);
  }

  /** Revalidates at the origin; if that fails, the stale object may be served. */
  async renewed({
    entry,
    ifError,
  }: {
    readonly entry: Entry;
    readonly ifError: boolean;
  }): Promise<Answered> {
    const response = await this.#ground.toOrigin.fetchWhole(this.#errand, entry.response);
    if (FAILED.has(response.status) && ifError) return this.shown("STALE", entry);
    if (response.status === 304) {
      this.#ground.cache.renew(this.#key, entry);
      return this.shown("REVALIDATED", { ...entry, since: this.#ground.clock.now() });
    }
    const { status, reply } = this.kept(response);
    return { status: status === "MISS" ? "EXPIRED" : status, reply };
  }

  #forVisitor(response: EdgeResponse): EdgeResponse {
    const { zone, request, settings } = this.#errand;
    const zoneSeconds = Number(zone.settings["browser_cache_ttl"]);
    const control = browserControl(response, settings, this.#eligibility, zoneSeconds);
    const headers = withHeaders(response.headers, { "cache-control": control });
    return selected(request, { ...response, headers });
  }
}
