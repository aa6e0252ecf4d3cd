import type { Enforcement, StepView } from "../views.ts";

/** What a rule over steps knows besides the step. */
export interface StepContext {
  /** Name of the stack: "prod". Cures name it. */
  readonly stack: string;
  /** Whether an update of this stack has ever come to its end. */
  readonly hasRun: boolean;
  /** Entries of `mastodon:unlocked`, by logical name. */
  readonly unlocked: Readonly<Record<string, Unlocked>>;
}

/** One entry of `mastodon:unlocked`. */
export interface Unlocked {
  /** Physical id that the state had when the entry was written. */
  readonly id: string;
  readonly because: string;
}

/** A rule over the engine's steps: pure, and the same for a preview, a deploy and a test. */
export interface StepRule {
  readonly name: string;
  readonly level: Enforcement;
  /** What the rule forbids and why, one sentence, for the page of rules. */
  readonly says: string;
  readonly check: (steps: readonly StepView[], context: StepContext) => readonly StepFault[];
}

/** One violation, without what the rule itself says. */
export interface StepFault {
  readonly urn: string;
  readonly message: string;
  readonly cure?: string;
}
