import type { EdgeClock } from "./clock.ts";
import type { RateLimit } from "./rules.ts";

interface Counter {
  /** Times of the counted requests, milliseconds. */
  times: number[];
  blockedUntil: number;
}

/**
 * Counters of rate limiting rules, one for each rule and client. A request above a period's number
 * is refused, and so are all others until the timeout ends
 * (https://developers.cloudflare.com/waf/rate-limiting-rules/request-rate/, example A). One data
 * center.
 */
export class RateLimiter {
  readonly #clock: EdgeClock;
  readonly #counters = new Map<string, Counter>();

  constructor(clock: EdgeClock) {
    this.#clock = clock;
  }

  /** Counts a request that matches the rule. Returns whether it is refused. */
  exceeds(ref: string, { characteristics, ...limit }: RateLimit, clientAddress: string): boolean {
    const key = characteristics.includes("ip.src") ? `${ref} ${clientAddress}` : ref;
    const now = this.#clock.now();
    const counter = this.#counters.get(key) ?? { times: [], blockedUntil: 0 };
    this.#counters.set(key, counter);
    if (now < counter.blockedUntil) return true;
    const since = now - limit.period * 1_000;
    counter.times = [...counter.times.filter((time) => time > since), now];
    if (counter.times.length <= limit.requestsPerPeriod) return false;
    counter.blockedUntil = now + limit.mitigationTimeout * 1_000;
    counter.times = [];
    return true;
  }
}
