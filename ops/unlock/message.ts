import type { StackConfig } from "../../config/schema.ts";
import { reasonsOf } from "../../domain/unlocked.ts";

/**
 * Arguments of `pulumi up` that put the reasons of the unlocks into the history of updates. None if
 * the stack file unlocks nothing.
 */
export function messageArguments(config: Pick<StackConfig, "unlocked">): readonly string[] {
  const reasons = reasonsOf(Object.keys(config.unlocked), config);
  return reasons === undefined ? [] : ["--message", reasons];
}
