import type { StackConfig } from "../../config/schema.ts";
import type { Cure } from "../../domain/fault.ts";

/** Type of a rule that involves more than one key, and of its faults. */

/** A fault: the parts of its message. */
export type RuleFault = {
  /**
   * The value, what is wrong with it and why. Without `cures` also what to do. No full stop at its
   * end.
   */
  readonly says: string;
  /** See {@link Fault}. Default "rule". */
  readonly code?: string;
  /** See {@link Fault}; their sentence follows `says`. Default: none. */
  readonly cures?: readonly Cure[];
} & (
  | /** The key that the sentence begins with, without the namespace. */ { readonly key: string }
  | /** A file of the program, where no key of the stack file is at fault. */ {
      readonly file: string;
    }
);

/** The valid top-level keys of a configuration, which may have others that are not. */
export type ValidKeys = Partial<StackConfig>;

/** Faults of a configuration by one rule; none if a key that it reads is not valid. */
export type Rule = (config: ValidKeys) => readonly RuleFault[];

/**
 * A rule over these top-level keys: the compiler refuses one that reads another key.
 * @param faults sentences for the operator; none if all is well.
 */
export function rule<Key extends keyof StackConfig>(
  keys: readonly Key[],
  faults: (config: Pick<StackConfig, Key>) => readonly RuleFault[],
): Rule {
  return (config) => (hasAll(config, keys) ? faults(config) : []);
}

function hasAll<Key extends keyof StackConfig>(
  config: ValidKeys,
  keys: readonly Key[],
): config is ValidKeys & Pick<StackConfig, Key> {
  // Optional ones are valid without a value.
  return keys.every((key) => Object.hasOwn(config, key));
}
