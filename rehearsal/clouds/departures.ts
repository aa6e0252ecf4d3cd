import type { ScaledClock } from "./clock.ts";

/**
 * Members that were deleted but still hold their VPC: the delete call of a cluster or database returns at once, its
 * teardown goes on (digitalocean/terraform-provider-digitalocean#446, #488). Nobody publishes how long; assumed is a time that
 * the provider's own two minutes of retries outlast.
 */
export const TEARDOWN_SECONDS = 90;

/** Who is still leaving which VPC. */
export class Departures {
  readonly #clock: ScaledClock;
  readonly #leaving = new Map<string, Set<Promise<void>>>();

  constructor(clock: ScaledClock) {
    this.#clock = clock;
  }

  /** A member of this VPC was deleted; it is really gone after the teardown. */
  begin(vpcId: string): void {
    const leaving = this.#leaving.get(vpcId) ?? new Set();
    this.#leaving.set(vpcId, leaving);
    const gone = this.#clock.wait(TEARDOWN_SECONDS).then(() => {
      leaving.delete(gone);
    });
    leaving.add(gone);
  }

  /** How many are still leaving. */
  pending(vpcId: string): number {
    return this.#leaving.get(vpcId)?.size ?? 0;
  }
}
