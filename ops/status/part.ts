import type { StatusScene } from "./scene.ts";

/** One part of the screen of `npm run status`: a question, and the lines about its answer. */
export interface Part<Seen = unknown> {
  /** Its heading: `runs`. */
  readonly name: string;
  /** Milliseconds that it may take. Default: `PART_LIMIT_MS`. */
  readonly limitMs?: number;
  /** Asks, and changes nothing. A rejection means that the answer is unknown. */
  ask(scene: StatusScene): Promise<Seen>;
  /** The lines about an answer. */
  tell(seen: Seen): Told;
}

/** Lines for the operator. `look`: something waits for a person. `unknown`: nobody answered. */
export interface Told {
  readonly word: "well" | "look" | "unknown";
  readonly lines: readonly string[];
}

/** A part with its answer, or with the reason why there is none. */
export interface Shown {
  readonly name: string;
  readonly word: Told["word"];
  readonly lines: readonly string[];
}

/** Lines under one word: `look` if there is anything to look at. */
export function told(look: readonly string[], well: readonly string[]): Told {
  return { word: look.length > 0 ? "look" : "well", lines: [...look, ...well] };
}
