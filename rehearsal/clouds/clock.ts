/** One operation on a cloud, with its real length and when it ran here. */
export interface RecordedOperation {
  readonly urn: string;
  readonly type: string;
  readonly operation: "create" | "update" | "delete";
  /** How long the real cloud takes, in seconds. */
  readonly realSeconds: number;
  /** Source of that number. */
  readonly source: string;
  /** Milliseconds since the epoch, on this machine. */
  readonly startedAt: number;
  readonly endedAt: number;
}

/** What an operation is, before it ran. */
export type TimedOperation = Omit<RecordedOperation, "startedAt" | "endedAt">;

/**
 * Time on the simulated clouds: an operation that takes five minutes for real takes five minutes times the scale here, and is
 * recorded as five minutes. Order and overlap stay as they are for real, so the records tell the timeline of a real run.
 */
export class ScaledClock {
  readonly #scale: number;
  readonly #records: RecordedOperation[] = [];

  /** `scale`: milliseconds here per millisecond there; default 1/1000. Zero waits for nothing (tests). */
  constructor(scale = 1 / 1000) {
    if (!(scale >= 0)) throw new Error(`The clock's scale is ${scale}; it must be 0 or more.`);
    this.#scale = scale;
  }

  /**
   * Does the work and takes at least its scaled time, from its start on; what fails is not
   * recorded.
   */
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

  /** Lets this many real seconds pass; none where the number is not positive. */
  async wait(realSeconds: number): Promise<void> {
    const milliseconds = realSeconds * 1000 * this.#scale;
    if (milliseconds > 0) await new Promise((resolve) => setTimeout(resolve, milliseconds));
  }

  /** All operations that ended, in that order. */
  get records(): readonly RecordedOperation[] {
    return this.#records;
  }

  /** Real length of the last operation on each URN, as the timeline wants it. */
  durationsByUrn(): ReadonlyMap<string, { readonly seconds: number; readonly source: string }> {
    return new Map(
      this.#records.map(({ urn, realSeconds, source }) => [urn, { seconds: realSeconds, source }]),
    );
  }
}
