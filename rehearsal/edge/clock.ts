/** Time at the edge, in milliseconds. The rehearsal advances it instead of waiting for a year. */
export class EdgeClock {
  #ahead = 0;
  readonly #base: () => number;

  constructor(base: () => number = Date.now) {
    this.#base = base;
  }

  now(): number {
    return this.#base() + this.#ahead;
  }

  /** Lets time pass. */
  advance(seconds: number): void {
    this.#ahead += seconds * 1_000;
  }
}
