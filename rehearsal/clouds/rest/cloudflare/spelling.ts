import type { Properties } from "../../../providers/provider.ts";
import type { PropertyRow } from "../../rows.ts";

/** Names of a row's properties in the API. */
export interface Spelling {
  readonly words: "snake_case" | "camelCase";
  /** Exceptions at any depth: the API's name of a property, if it can't be derived. */
  readonly odd?: Readonly<Record<string, string>>;
  /** Properties that no body contains: they are in the path, or the API does not return them. */
  readonly without?: readonly string[];
}

type Rows = Readonly<Record<string, PropertyRow>>;

/**
 * Converts a body to a row's properties. Null counts as unset; so does what the API itself sets and
 * clients send back.
 * @throws for a field without a property in the row, because it would be lost silently.
 */
export function propertiesFrom(
  rows: Rows,
  body: Properties,
  spelling: Spelling,
  at = "",
): Properties {
  const byName = new Map(
    namesOf(rows, spelling).map(([key, name]) => [name, [key, rows[key]]] as const),
  );
  const properties: Properties = {};
  for (const [field, value] of Object.entries(body)) {
    if (value === undefined || value === null) continue;
    const [key, row] = byName.get(field) ?? [];
    if (key === undefined || row === undefined)
      throw new Error(
        `The rehearsal does not model the field "${at}${field}" here; add it to the row, with its source.`,
      );
    if (row.output !== true) properties[key] = valueFrom(row, value, spelling, `${at}${field}.`);
  }
  return properties;
}

function valueFrom(row: PropertyRow, value: unknown, spelling: Spelling, at: string): unknown {
  const { fields, item } = row;
  if (typeof value !== "object" || value === null) return value;
  if (fields !== undefined && !Array.isArray(value))
    return propertiesFrom(fields, value as Properties, spelling, at);
  if (item === undefined) return value;
  return mapped(value, (inner) => valueFrom(item, inner, spelling, at));
}

/** Converts the properties of a row that are set to a body. */
export function bodyOf(rows: Rows, properties: Properties, spelling: Spelling): Properties {
  const body: Properties = {};
  for (const [key, name] of namesOf(rows, spelling)) {
    const value = properties[key];
    const row = rows[key];
    if (row !== undefined && value !== undefined && value !== null)
      body[name] = valueOf(row, value, spelling);
  }
  return body;
}

function valueOf(row: PropertyRow, value: unknown, spelling: Spelling): unknown {
  const { fields, item } = row;
  if (typeof value !== "object" || value === null) return value;
  if (fields !== undefined) return bodyOf(fields, value as Properties, spelling);
  if (item === undefined) return value;
  return mapped(value, (inner) => valueOf(item, inner, spelling));
}

/** Each property of the rows with the API's name for it. */
function namesOf(rows: Rows, spelling: Spelling): readonly (readonly [string, string])[] {
  return Object.keys(rows)
    .filter((key) => spelling.without?.includes(key) !== true)
    .map((key) => [key, spelling.odd?.[key] ?? written(key, spelling.words)] as const);
}

function written(key: string, words: Spelling["words"]): string {
  return words === "camelCase"
    ? key
    : key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Converts each item of a list, or each value of a map. */
function mapped(value: object, make: (inner: unknown) => unknown): unknown {
  return Array.isArray(value)
    ? value.map(make)
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, make(inner)]));
}
