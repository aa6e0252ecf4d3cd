import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { readStackFile } from "../../plan/stack-file.ts";

type Keys = Readonly<Record<string, unknown>>;

/** Production's configuration with these keys merged in at any depth. */
export function rawWith(changes: Keys): Record<string, unknown> {
  return merged(readStackFile(), changes);
}

/** Plans that configuration. */
export async function planWith(changes: Keys): Promise<Plan> {
  return await planStack(rawWith(changes));
}

function merged(base: Keys, changes: Keys): Record<string, unknown> {
  return Object.fromEntries([
    ...Object.entries(base),
    ...Object.entries(changes).map(([key, value]) => [
      key,
      isKeys(value) && isKeys(base[key]) ? merged(base[key], value) : value,
    ]),
  ]) as Record<string, unknown>;
}

function isKeys(value: unknown): value is Keys {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
