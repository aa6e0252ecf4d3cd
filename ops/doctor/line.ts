import type { Scene } from "./scene.ts";

/** One line of `npm run doctor`: a question, and the judgement of its answer. */
export interface Line<Seen = unknown> {
  /** Its place in the table; `--only` takes it, too. */
  readonly number: number;
  /** Name for `--only` and in the output: `droplet-limit`. */
  readonly name: string;
  /** The thing that it checks, as a noun phrase for the page. */
  readonly checks: string;
  /**
   * Asks, and changes nothing. A rejection means that the answer is unknown; its message is shown.
   */
  ask(scene: Scene): Promise<Seen>;
  /** Judges the answer, without another question. */
  judge(seen: Seen): Judgement;
}

/** The word of a line, and its sentence. */
export type Judgement =
  | { readonly word: "ok"; readonly says: string }
  /** `cure` is one command or one link. */
  | { readonly word: "fix"; readonly says: string; readonly cure: string }
  /** Nobody answered, or no API answers it. It is never taken for ok. */
  | { readonly word: "unknown"; readonly says: string; readonly cure?: string }
  /** It does not apply to this stack, or not yet. */
  | { readonly word: "skip"; readonly says: string };

export const ok = (says: string): Judgement => ({ word: "ok", says });
export const fix = (says: string, cure: string): Judgement => ({ word: "fix", says, cure });
export const skip = (says: string): Judgement => ({ word: "skip", says });
export const unknown = (says: string, cure?: string): Judgement => ({
  word: "unknown",
  says,
  ...(cure !== undefined && { cure }),
});

/** A line's outcome in a run. */
export type Outcome = Pick<Line, "number" | "name"> & Judgement;
