import { parametersOf, type Method } from "./router.ts";

/** A fault between a client and a cloud's API; the cloud itself works. */
export type Disturbance =
  /** Answers this status instead, in the cloud's own form, and does nothing. */
  | {
      readonly kind: "answer";
      readonly status: 401 | 403 | 404 | 429 | 500 | 502 | 503 | 504;
      /** Seconds of the header Retry-After; sent only if set. */
      readonly retryAfterSeconds?: number;
    }
  /** Closes the connection: before the operation, or after it, so that only its answer is lost. */
  | { readonly kind: "hang up"; readonly when: "before" | "after" }
  /** Does the operation and delays the answer. */
  | { readonly kind: "slow"; readonly milliseconds: number };

/** A disturbance, with the requests that it affects. */
export interface Fault {
  readonly does: Disturbance;
  /** Only requests of this method. Default: every method. */
  readonly method?: Method;
  /**
   * Only this path, as in the table of operations: `/v2/databases/{database_cluster_uuid}`.
   * Default: every path.
   */
  readonly path?: string;
  /** Number of requests that it affects. Default: all until it is switched off. */
  readonly times?: number;
}

/** The active faults of one cloud's API. */
export class Faults {
  readonly #on = new Map<Fault, { left: number }>();

  /** Switches a fault on. Returns the function that switches it off. */
  add(fault: Fault): () => void {
    this.#on.set(fault, { left: fault.times ?? Infinity });
    return () => void this.#on.delete(fault);
  }

  /** The oldest fault that affects this request; it counts as used. */
  take(method: string, path: string): Disturbance | undefined {
    for (const [fault, count] of this.#on) {
      if (fault.method !== undefined && fault.method !== method) continue;
      if (fault.path !== undefined && parametersOf(fault.path, path) === undefined) continue;
      count.left -= 1;
      if (count.left <= 0) this.#on.delete(fault);
      return fault.does;
    }
    return undefined;
  }
}
