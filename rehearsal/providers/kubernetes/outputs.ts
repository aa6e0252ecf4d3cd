import type { KubernetesObject } from "@kubernetes/client-node";
import type { Properties } from "../provider.ts";
import { Secret } from "../values.ts";

/** Who owns the fields that we apply; kept in the state, so that the next update applies as the same one. */
export const FIELD_MANAGER = "__fieldManager";

/** The live object as outputs: secret where it is one, or where an input that is secret went in. */
export function outputsOf(
  live: KubernetesObject,
  inputs: Properties,
  fieldManager: string,
): Properties {
  const object = JSON.parse(JSON.stringify(live)) as Record<string, unknown>;
  const metadata = object["metadata"] as Record<string, unknown> | undefined;
  if (metadata !== undefined) delete metadata["managedFields"];
  const outputs = markSecrets(object, inputs) as Record<string, unknown>;
  if (live.kind === "Secret")
    for (const key of ["data", "stringData"])
      if (outputs[key] !== undefined && !(outputs[key] instanceof Secret))
        outputs[key] = new Secret(outputs[key]);
  return { ...outputs, [FIELD_MANAGER]: fieldManager };
}

/** The value, wrapped wherever the inputs hold a secret at the same place. */
export function markSecrets(value: unknown, inputs: unknown): unknown {
  if (inputs instanceof Secret) return value instanceof Secret ? value : new Secret(value);
  if (Array.isArray(value) && Array.isArray(inputs))
    return value.map((item, i) => markSecrets(item, inputs[i]));
  if (value === null || typeof value !== "object" || inputs === null || typeof inputs !== "object")
    return value;
  const marks = inputs as Record<string, unknown>;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, markSecrets(item, marks[key])]),
  );
}
