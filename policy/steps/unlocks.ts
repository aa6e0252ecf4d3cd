import { identityOf } from "../identity.ts";
import type { StepView } from "../views.ts";
import type { StepContext, StepRule } from "./rule.ts";

/** Whether the stack file lets this step go: it names the resource with the id that it has now. */
export function isUnlocked({ name, type, old }: StepView, { unlocked }: StepContext): boolean {
  const entry = Object.hasOwn(unlocked, name) ? unlocked[name] : undefined;
  return entry !== undefined && old !== undefined && entry.id === identityOf(type, old);
}

/** The line that unlocks these resources. A person puts the reason in. */
export function unlockLine(
  names: readonly string[],
  { stack }: Pick<StepContext, "stack">,
): string {
  return `npm run unlock -- ${names.join(" ")} --because "why" --stack ${stack}`;
}

/** Entries of `unlocked` that open nothing, because their resource is gone or is another one. */
export const spentUnlocks: StepRule = {
  name: "no-spent-unlock",
  level: "advisory",
  says: "An entry of `mastodon:unlocked` whose resource was replaced or deleted opens nothing. It is taken out, so that a reader sees only what is open.",
  check: (steps, context) => {
    // A refused preview has only the stack's own step, and shows nothing about the rest.
    const seen = steps.filter(({ type }) => !type.startsWith("pulumi:"));
    if (seen.length === 0) return [];
    return Object.entries(context.unlocked)
      .filter(([name]) => !seen.some((step) => step.name === name && isUnlocked(step, context)))
      .map(([name]) => ({
        message: `mastodon:unlocked.${name} is spent: no resource of that name has the id that it was written for. Take it out`,
        cure: `npm run unlock -- ${name} --remove --stack ${context.stack}`,
      }));
  },
};
