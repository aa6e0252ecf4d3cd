import { planStack, type Plan } from "../../rehearsal/plan/plan-stack.ts";
import { readStackFile } from "../../rehearsal/plan/stack-file.ts";

/** Production's configuration with another `digitalocean` block, and whatever else is given. */
export function rawWith(
  digitalocean: Readonly<Record<string, unknown>>,
  others: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return { ...readStackFile(), ...others, digitalocean };
}

/** Plans it. */
export async function planWith(...raw: Parameters<typeof rawWith>): Promise<Plan> {
  return await planStack(rawWith(...raw));
}
