import type { Properties } from "../providers/provider.ts";
import { isNothing } from "./properties.ts";
import type { PropertyRow, ResourceRow } from "./rows.ts";

/**
 * Inputs as the provider sends them: with its own defaults for unset ones, and with values that it
 * keeps from the state. Plain values.
 */
export function sentInputs(row: ResourceRow, inputs: Properties, state: Properties): Properties {
  const sent = withDefaults(row.properties, inputs);
  for (const [key, property] of Object.entries(row.properties))
    if (property.kept === true && !isNothing(state[key])) sent[key] = state[key];
  return sent;
}

function withDefaults(rows: Readonly<Record<string, PropertyRow>>, values: Properties): Properties {
  const filled = { ...values };
  for (const [key, row] of Object.entries(rows)) {
    const value = values[key];
    if (!isNothing(value)) filled[key] = defaultsIn(row, value);
    else if (row.removed !== undefined) filled[key] = row.removed;
  }
  return filled;
}

function defaultsIn(row: PropertyRow, value: unknown): unknown {
  if (row.fields !== undefined) return withDefaults(row.fields, value as Properties);
  const { item } = row;
  return item !== undefined && Array.isArray(value)
    ? value.map((member) => defaultsIn(item, member))
    : value;
}
