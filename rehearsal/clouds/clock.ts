/** One operation on a cloud, with its real duration and the time at which it ran here. */
export interface RecordedOperation {
  readonly urn: string;
  readonly type: string;
  readonly operation: "create" | "update" | "delete";
  /** Duration on the real cloud, seconds. */
  readonly realSeconds: number;
  /** Source of that number. */
  readonly source: string;
  /** Milliseconds since the epoch, on this machine. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** An operation before it ran. */
export type TimedOperation = Omit<RecordedOperation, "startedAt" | "endedAt">;

/**
 * Time on the simulated clouds. An operation that takes five minutes on the real cloud takes five
 * minutes times the scale here, and is recorded as five minutes. Order and overlap stay as on the
 * real cloud, so the records give the timeline of a real run.
 */
export class ScaledClock {
  readonly #scale: number;
  readonly #records: RecordedOperation[] = [];

  /**
   * @param scale milliseconds here for each real millisecond; default 1/1000. With zero nothing
   * waits (tests).
   */
  constructor(scale = 1 / 1000) {
    if (!(scale >= 0)) throw new Error(`The clock's scale is ${scale}; it must be 0 or more.`);
    this.#scale = scale;
  }

  /** Does the work and takes at least its scaled time from its start. A failure is not recorded. */
  async run<T>(
    operation: TimedOperation,
    work: () => Promise<T>,
    startedAt = Date.now(),
  ): Promise<T> {
    const result = await work();
    await this.wait(operation.realSeconds - (Date.now() - startedAt) / 1000 / (this.#scale || 1));
    this.#records.push({ ...operation, startedAt, endedAt: Date.now() });
    return result;
  }

  /** Waits for this many real seconds; not at all if the number is not positive. */
  async wait(realSeconds: number): Promise<void> {
    const milliseconds = realSeconds * 1000 * this.#scale;
    if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
  }

  /** All completed operations, in the order of their end. */
  get records(): readonly RecordedOperation[] {
    return this.#records;
  }

  /** Real duration of the last operation on each URN, for the timeline. */
  durationsByUrn(): ReadonlyMap<string, { readonly seconds: number; readonly source: string }> {
    return new Map(
      this.#records.map(({ urn, realSeconds, source }) => [urn, { seconds: realSeconds, source }]),
    );
  }
}
