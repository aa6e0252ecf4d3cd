import type { EdgeClock } from "./clock.ts";
import type { EdgeResponse } from "./messages.ts";
import type { Storage } from "./cache-policy.ts";

/** An object of the cache. */
export interface Entry {
  readonly response: EdgeResponse;
  /** When it came from the origin or was last revalidated; milliseconds. */
  readonly since: number;
  readonly seconds: number;
  readonly whileRevalidating: number;
  readonly ifError: number;
}

/** Entry under a key. */
export type Found =
  | { readonly kind: "nothing" }
  | { readonly kind: "fresh"; readonly entry: Entry; readonly age: number }
  | {
      readonly kind: "stale";
      readonly entry: Entry;
      readonly age: number;
      /** Whether it may be served while a new one is fetched. */
      readonly whileRevalidating: boolean;
      /** Whether it may be served when the origin fails. */
      readonly ifError: boolean;
    };

/**
 * The cache of one data center. It keeps everything until it is purged: Cloudflare's eviction is
 * not published, and nothing may depend on it.
 */
export class EdgeCache {
  readonly #clock: EdgeClock;
  readonly #entries = new Map<string, Entry>();

  constructor(clock: EdgeClock) {
    this.#clock = clock;
  }

  find(key: string): Found {
    const entry = this.#entries.get(key);
    if (entry === undefined) return { kind: "nothing" };
    const age = (this.#clock.now() - entry.since) / 1_000;
    if (age < entry.seconds) return { kind: "fresh", entry, age };
    const past = age - entry.seconds;
    return {
      kind: "stale",
      entry,
      age,
      whileRevalidating: past < entry.whileRevalidating,
      ifError: past < entry.ifError,
    };
  }

  /**
   * Stores an answer by the decision `storage`. An answer that may not be kept replaces nothing.
   */
  keep(key: string, response: EdgeResponse, storage: Storage): void {
    const { seconds, whileRevalidating, ifError } = storage;
    if (seconds === undefined) return;
    const since = this.#clock.now();
    this.#entries.set(key, { response, since, seconds, whileRevalidating, ifError });
  }

  /** The origin confirms that it has not changed. */
  renew(key: string, entry: Entry): void {
    this.#entries.set(key, { ...entry, since: this.#clock.now() });
  }

  /**
   * Purges everything, all objects below prefixes (any other parts of their keys are ignored), or
   * single objects. For single ones "you must include all headers … contained in the cached
   * resource" (https://developers.cloudflare.com/cache/how-to/purge-cache/purge-by-single-file/).
   * Returns the number of purged objects.
   */
  purge(
    what:
      | "everything"
      | { readonly prefixes: readonly string[] }
      | {
          readonly files: readonly {
            readonly url: string;
            readonly headers?: Readonly<Record<string, string>>;
          }[];
        },
  ): number {
    const before = this.#entries.size;
    const bare = (url: string): string => url.replace(/^https?:\/\//u, "");
    const files = new Set(
      what === "everything" || "prefixes" in what
        ? []
        : what.files.map(({ url, headers = {} }) =>
            [
              bare(url),
              ...Object.entries(headers).map(([name, value]) => `${name.toLowerCase()}: ${value}`),
            ].join("\n"),
          ),
    );
    for (const key of this.#entries.keys()) {
      const [url = ""] = key.split("\n");
      const fits =
        what === "everything" ||
        files.has(key) ||
        ("prefixes" in what && what.prefixes.some((one) => url.startsWith(bare(one))));
      if (fits) this.#entries.delete(key);
    }
    return before - this.#entries.size;
  }
}
