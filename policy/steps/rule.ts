import type { Unlocked } from "../../config/keys/unlocked.ts";
import type { Enforcement, StepView } from "../views.ts";

/** Knowledge of a rule over steps besides the steps. `stepContextOf` makes it. */
export interface StepContext {
  /** Name of the stack: "prod". Commands that a finding names need it. */
  readonly stack: string;
  /**
   * Logical names of the resources that the last complete update left and that must not be made a
   * second time. Empty if this stack has never run.
   */
  readonly left: readonly string[];
  /** Names of these that the stack file lets the next update create once more. */
  readonly anew: readonly string[];
  /** The key `unlocked` of the stack file. */
  readonly unlocked: Unlocked;
}

/** A rule over the engine's steps: pure, and the same for a preview, a deploy and a test. */
export interface StepRule {
  readonly name: string;
  readonly level: Enforcement;
  /** The thing that the rule forbids, and why, for the page of rules. */
  readonly says: string;
  readonly check: (steps: readonly StepView[], context: StepContext) => readonly StepFault[];
}

/** One violation. */
export interface StepFault {
  readonly urn?: string;
  readonly message: string;
  readonly cure?: string;
}
