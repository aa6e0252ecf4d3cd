import type { ScaledClock } from "./clock.ts";

/**
 * Seconds for which a deleted member still uses its VPC. The delete call of a cluster or database
 * returns at once, and its teardown continues (digitalocean/terraform-provider-digitalocean#446,
 * #488). The real duration is not published. This value is assumed; the provider's own two minutes
 * of retries are longer.
 */
export const TEARDOWN_SECONDS = 90;

/** Members that still use each VPC after their delete. */
export class Departures {
  readonly #clock: ScaledClock;
  readonly #leaving = new Map<string, Set<Promise<void>>>();

  constructor(clock: ScaledClock) {
    this.#clock = clock;
  }

  /** A member of this VPC was deleted; it is gone after the teardown. */
  begin(vpcId: string): void {
    const leaving = this.#leaving.get(vpcId) ?? new Set();
    this.#leaving.set(vpcId, leaving);
    const gone = this.#clock.wait(TEARDOWN_SECONDS).then(() => {
      leaving.delete(gone);
    });
    leaving.add(gone);
  }

  /** Number of members that are still being deleted. */
  pending(vpcId: string): number {
    return this.#leaving.get(vpcId)?.size ?? 0;
  }
}
