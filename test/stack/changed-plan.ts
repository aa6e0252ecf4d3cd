import type { Plan } from "../../plan/plan-stack.ts";
import type { PlannedResource } from "../../plan/recorder.ts";
import { Secret } from "../../plan/values.ts";

/**
 * A plan with one value of one resource changed; `spec.template.spec.containers.0.image` indexes
 * into lists.
 * @throws Error if there is not exactly one such resource, because then nothing would be broken.
 */
export function changedPlan(
  plan: Plan,
  name: string,
  path: string,
  change: (value: unknown) => unknown,
): Plan {
  let found = 0;
  const resources = plan.resources.map((resource): PlannedResource => {
    if (resource.name !== name || !resource.custom) return resource;
    found += 1;
    const inputs = at(resource.inputs, path.split("."), change) as PlannedResource["inputs"];
    return { ...resource, inputs };
  });
  if (found !== 1) throw new Error(`${found} resources are called ${name}.`);
  return { ...plan, resources };
}

/** A value with the part at a path changed. */
export function at(
  value: unknown,
  [key, ...rest]: string[],
  change: (value: unknown) => unknown,
): unknown {
  if (key === undefined) return change(value);
  if (value instanceof Secret) return new Secret(at(value.reveal(), [key, ...rest], change));
  if (Array.isArray(value))
    return value.map((inner: unknown, index) =>
      index === Number(key) ? at(inner, rest, change) : inner,
    );
  const record = (value ?? {}) as Record<string, unknown>;
  return { ...record, [key]: at(record[key], rest, change) };
}
