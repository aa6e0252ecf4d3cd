import type { TimedStep } from "./times.ts";
import { doneLine, workLine } from "./words.ts";
import type { EngineEvent, RebuildWorld } from "./world.ts";

/** Prints a line for each part of an update whose last mark has ended. */
export class Progress {
  readonly #lines: readonly TimedStep[];
  readonly #world: RebuildWorld;
  #at = 0;
  #began: number;

  constructor(lines: readonly TimedStep[], world: RebuildWorld) {
    this.#lines = lines;
    this.#world = world;
    this.#began = world.now().getTime();
    this.#show();
  }

  told({ resOutputsEvent }: EngineEvent): void {
    if (resOutputsEvent === undefined) return this.#show();
    const { urn, type } = resOutputsEvent.metadata;
    const name = urn.slice(urn.lastIndexOf("::") + 2);
    const reached = this.#lines.findIndex(
      ({ marks }, at) => at >= this.#at && (marks.includes(name) || marks.includes(type)),
    );
    // A refresh ends the same resources before the update does.
    if (
      reached >= 0 &&
      ["create", "update", "create-replacement"].includes(resOutputsEvent.metadata.op)
    )
      this.#endUntil(reached + 1);
    else this.#show();
  }

  end(): void {
    this.#endUntil(this.#lines.length);
    this.#world.live?.("");
  }

  #endUntil(at: number): void {
    const now = this.#world.now().getTime();
    while (this.#at < at) {
      const { title = "", seconds = 0 } = this.#lines[this.#at] ?? {};
      this.#world.live?.("");
      this.#world.say(doneLine(title, (now - this.#began) / 1_000, seconds));
      this.#at += 1;
      this.#began = now;
    }
    this.#show();
  }

  #show(): void {
    const line = this.#lines[this.#at];
    if (line === undefined) return;
    const seconds = (this.#world.now().getTime() - this.#began) / 1_000;
    this.#world.live?.(workLine(line.title, seconds, line.seconds));
  }
}
