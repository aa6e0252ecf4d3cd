import type { Finding, StepView } from "../views.ts";
import { dns } from "./dns.ts";
import { heldData } from "./held-data.ts";
import { madeAgain } from "./made-again.ts";
import { outage } from "./outage.ts";
import type { StepContext, StepRule } from "./rule.ts";
import { spentUnlocks } from "./unlocks.ts";

/** Every rule over steps, in the order of `docs/policies.md`. */
export const STEP_RULES: readonly StepRule[] = [heldData, outage, madeAgain, dns, spentUnlocks];

/** All violations of the rules over steps. */
export function stepFindings(steps: readonly StepView[], context: StepContext): readonly Finding[] {
  return STEP_RULES.flatMap(({ name, level, check }) =>
    check(steps, context).map((fault) => ({ rule: name, level, ...fault })),
  );
}
