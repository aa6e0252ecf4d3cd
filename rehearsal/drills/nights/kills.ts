import type { RebuildWorld } from "../../../ops/rebuild/world.ts";

/** Ends a command at any moment, as a closed lid or `kill -9` does. */

/** Thrown at the moment of the kill, and at each later call: the command is gone. */
export class Killed extends Error {
  constructor() {
    super("The command was killed.");
  }
}

/**
 * Counts the moments of a command: each of its lines, calls of the CLI, waits and events of the
 * engine. At one of them it is killed, and its engine with it.
 */
export class Killer {
  /** Moments up to now. */
  seen = 0;
  isDead = false;
  readonly #at: number | "update";
  readonly #killEngine: () => Promise<void>;

  /** @param at the moment of the kill: before the first update, or a number; Infinity for none. */
  constructor(at: number | "update", killEngine: () => Promise<void>) {
    this.#at = at;
    this.#killEngine = killEngine;
  }

  /** A world in which the command can be killed. */
  through(world: RebuildWorld): RebuildWorld {
    const moment = (): void => this.#moment();
    return {
      ...world,
      say: (text) => {
        moment();
        world.say(text);
      },
      wait: async (milliseconds) => {
        moment();
        await world.wait(milliseconds);
      },
      pulumi: (cwd) => {
        const run = world.pulumi(cwd);
        return async (args, input) => {
          moment();
          return await run(args, input);
        };
      },
      engine: {
        preview: async (place) => {
          moment();
          return await world.engine.preview(place);
        },
        up: async (place, told) => {
          if (this.#at === "update") this.#end();
          moment();
          const killing: Promise<void>[] = [];
          const run = await world.engine.up(place, (event) => {
            // An event can't stop the engine, so it is killed beside it.
            if (this.isDead) return;
            this.seen += 1;
            if (this.#isDue()) {
              this.isDead = true;
              killing.push(this.#killEngine());
            } else told(event);
          });
          await Promise.all(killing);
          moment();
          return run;
        },
      },
    };
  }

  #moment(): void {
    if (this.isDead) throw new Killed();
    this.seen += 1;
    if (this.#isDue()) this.#end();
  }

  #isDue(): boolean {
    return this.#at !== "update" && this.seen >= this.#at;
  }

  #end(): never {
    this.isDead = true;
    throw new Killed();
  }
}
