import type { Call, CallKind, Watcher } from "./calls.ts";
import type { FastWorld } from "./fast-world.ts";

/** Calls that stand still at the same boundary, while the engine waits for all of them. */
export interface Wave {
  /** Its number, from 0. */
  readonly at: number;
  readonly calls: readonly Call[];
}

/** The work on a wave. */
export interface WaveWork {
  /** Called while all of it stand still, and nothing is being made. */
  readonly reached?: (wave: Wave) => void;
  /** An error that all its calls end with; undefined: they go on. */
  readonly answer?: (wave: Wave) => Error | undefined;
}

/** Milliseconds without a call after which the engine waits for answers. Less makes more waves. */
const QUIET_MS = 300;

const CHANGES: ReadonlySet<CallKind> = new Set(["create", "update", "delete"]);

/**
 * Watches an operation and cuts it into waves: each call that changes something stands still until
 * nothing more can be done without it. A kill between two waves is a kill at every call of the
 * first one. So an update is killed at each of its calls with few worlds to recover.
 */
export class Waves {
  readonly #fast: Pick<FastWorld, "world">;
  readonly #when: ReadonlySet<Call["when"]>;
  readonly #does: WaveWork;
  #held: { readonly call: Call; readonly go: (error: Error | undefined) => void }[] = [];
  #timer: NodeJS.Timeout | undefined;
  #count = 0;

  /** @param when whether calls stand still before or after their effect, or at both. */
  constructor(fast: Pick<FastWorld, "world">, when: Call["when"] | "both", does: WaveWork) {
    this.#fast = fast;
    this.#when = new Set(when === "both" ? ["before", "after"] : [when]);
    this.#does = does;
  }

  /** For {@link FastWorld.watch}. */
  readonly watcher: Watcher = async (call) => {
    this.#waitOn();
    if (!CHANGES.has(call.kind) || !this.#when.has(call.when) || call.failed) return;
    const error = await new Promise<Error | undefined>((go) => {
      this.#held.push({ call, go });
    });
    if (error !== undefined) throw error;
  };

  #waitOn(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#cut(), QUIET_MS);
  }

  async #cut(): Promise<void> {
    await this.#fast.world.settled();
    const held = this.#held;
    if (held.length === 0) return;
    this.#held = [];
    const wave = { at: this.#count++, calls: held.map(({ call }) => call) };
    this.#does.reached?.(wave);
    const error = this.#does.answer?.(wave);
    for (const { go } of held) go(error);
  }
}
