import type { Finding, StepView } from "../views.ts";
import type { StepContext, StepRule } from "./rule.ts";

/** Every rule over steps, in the order of `docs/policies.md`. */
export const STEP_RULES: readonly StepRule[] = [];

/** All violations of the rules over steps. */
export function stepFindings(steps: readonly StepView[], context: StepContext): readonly Finding[] {
  return STEP_RULES.flatMap(({ name, level, check }) =>
    check(steps, context).map((fault) => ({ rule: name, level, ...fault })),
  );
}
