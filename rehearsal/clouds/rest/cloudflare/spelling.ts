import type { Properties } from "../../../providers/provider.ts";
import type { PropertyRow } from "../../rows.ts";

/** Spelling of a row's properties in the API. */
export interface Spelling {
  readonly words: "snake_case" | "camelCase";
  /** The API's name of a property, at whatever depth, where its words alone do not make it. */
  readonly odd?: Readonly<Record<string, string>>;
  /** Properties that no body holds: the path says them, or the API does not tell. */
  readonly without?: readonly string[];
}

type Rows = Readonly<Record<string, PropertyRow>>;

/**
 * Properties of a row out of a body. Null counts as not said; so does what the API gives, which
 * clients
 * send back.
 * @throws for a field that the row has no property for: it would be lost in silence.
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

/** A body out of the properties of a row: those that are set. */
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

/** Members of a list, or values of a map, each made into another. */
function mapped(value: object, make: (inner: unknown) => unknown): unknown {
  return Array.isArray(value)
    ? value.map(make)
    : Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, make(inner)]));
}
