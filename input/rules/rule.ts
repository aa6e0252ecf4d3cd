import type { StackConfig } from "../../config/schema.ts";
import type { Cure } from "../../domain/fault.ts";

/** Shape of a rule that involves more than one key, and of its faults. */

/** A fault: its sentence, in parts. */
export type RuleFault = {
  /**
   * The value, what is wrong with it and why; what to do, too, where no `cures` say it. No full
   * stop at its end.
   */
  readonly says: string;
  /** See {@link Fault}. Default "rule". */
  readonly code?: string;
  /** See {@link Fault}; their sentence is put behind `says`. Default none. */
  readonly cures?: readonly Cure[];
} & (
  | /** The key that the sentence begins with, without the namespace. */ { readonly key: string }
  | /** A file of the program, where no key of the stack file is at fault. */ {
      readonly file: string;
    }
);

/**
 * A rule of so many top-level keys: judged as soon as those are right by themselves, whatever else
 * is wrong.
 */
export interface Rule {
  readonly needs: readonly (keyof StackConfig)[];
  /** Sentences for the person who wrote it; none when all is well. */
  readonly faults: (config: StackConfig) => readonly RuleFault[];
}
