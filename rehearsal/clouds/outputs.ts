import type { Properties } from "../providers/provider.ts";
import { hasSecret, Secret, UNKNOWN } from "../../plan/values.ts";
import { isUnchanged } from "./diff.ts";
import { DEFAULTS_KEY } from "./inputs.ts";
import { isNothing, isZero, same } from "./properties.ts";
import type { PropertyRow, ResourceRow } from "./rows.ts";

/**
 * Outputs of a resource from the cloud's properties. Secret are those that the row marks, and those
 * that the program or the state marked: a secret value never becomes plain again.
 */
export function outputsOf(
  row: ResourceRow,
  properties: Properties,
  marked: Properties,
): Properties {
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([key, value]) => [
        key,
        row.properties[key]?.secret === true || hasSecret(marked[key]) ? new Secret(value) : value,
      ]),
  );
}

/**
 * A read of an object: all of it, except properties that the provider reads only if the state has
 * them.
 */
export function readOf(row: ResourceRow, properties: Properties, state: Properties): Properties {
  const left = row.readWhereKnown?.filter((key) => isNothing(state[key])) ?? [];
  return Object.fromEntries(Object.entries(properties).filter(([key]) => !left.includes(key)));
}

/**
 * Inputs that a refresh finds: those of the state, with the cloud's changes. An import finds all
 * required ones, and values that are neither a default nor a zero (pulumi-terraform-bridge
 * `pkg/tfbridge/schema.go`, `extractSchemaInputs`, read 2026-11-28).
 */
export function inputsOf(
  row: ResourceRow,
  properties: Properties,
  olds: Properties | undefined,
): Properties {
  const found: Properties = {};
  const isImport = olds === undefined;
  for (const [key, property] of Object.entries(row.properties)) {
    if (property.output === true) continue;
    const value = properties[key];
    const old = olds?.[key];
    if (isImport ? isLeftOut(property, value) : isNothing(old)) continue;
    if (!isImport && isUnchanged(property, value, old)) found[key] = old;
    else if (!isNothing(value)) {
      const settable = settableOf(property, value, isImport);
      found[key] = property.secret === true || hasSecret(old) ? new Secret(settable) : settable;
    }
  }
  return { ...found, [DEFAULTS_KEY]: olds?.[DEFAULTS_KEY] ?? [] };
}

function isLeftOut(property: PropertyRow, value: unknown): boolean {
  if (property.required === true) return false;
  return property.default === undefined ? isZero(value) : same(property.default, value);
}

/**
 * Outputs in the preview of a creation: the inputs and the provider's defaults. Values from the
 * cloud are unknown.
 */
export function plannedCreate(row: ResourceRow, inputs: Properties): Properties {
  return { ...plannedFields(row.properties, inputs), ...row.planned?.(inputs) };
}

/**
 * Outputs in the preview of an update: the inputs, and those that the provider promises to keep.
 */
export function plannedUpdate(row: ResourceRow, olds: Properties, news: Properties): Properties {
  const planned = plannedFields(row.properties, news);
  for (const [key, property] of Object.entries(row.properties)) {
    const stable = row.stableOutputs === "all" || row.stableOutputs.includes(key);
    const given =
      property.output === true || (property.computed === true && property.removed === undefined);
    const isKept = property.kept === true || (given && stable && isNothing(news[key]));
    if (isKept && !isNothing(olds[key])) planned[key] = olds[key];
  }
  return planned;
}

function plannedFields(
  rows: Readonly<Record<string, PropertyRow>>,
  values: Properties,
): Properties {
  const planned: Properties = {};
  for (const [key, row] of Object.entries(rows)) {
    const value = values[key];
    if (!isNothing(value)) planned[key] = plannedValue(row, value);
    else if (row.default !== undefined) planned[key] = row.default;
    else if (row.removed !== undefined) planned[key] = row.removed;
    else if (row.output === true || row.computed === true)
      planned[key] = row.secret === true ? new Secret(UNKNOWN) : UNKNOWN;
  }
  return planned;
}

function plannedValue(row: PropertyRow, value: unknown): unknown {
  if (value === UNKNOWN) return value;
  if (value instanceof Secret) return new Secret(plannedValue(row, value.reveal()));
  if (row.fields !== undefined) return plannedFields(row.fields, value as Properties);
  const { item } = row;
  if (item?.fields === undefined) return value;
  return Array.isArray(value) ? value.map((member) => plannedValue(item, member)) : value;
}

/** A value without fields that can't be set; for an import also without optional ones. */
function settableOf(row: PropertyRow, value: unknown, isImport: boolean): unknown {
  if (row.fields !== undefined) {
    const { fields } = row;
    return Object.fromEntries(
      Object.entries(value as object).flatMap(([key, inner]: [string, unknown]) => {
        const field = fields[key];
        if (field === undefined) return [[key, inner]];
        if (field.output === true || (isImport && isLeftOut(field, inner))) return [];
        return [[key, settableOf(field, inner, isImport)]];
      }),
    );
  }
  const { item } = row;
  return item !== undefined && Array.isArray(value)
    ? value.map((member) => settableOf(item, member, isImport))
    : value;
}
