import type { Properties } from "../providers/provider.ts";

/**
 * Reads plain properties with their kind. Each function throws for another kind, which means a
 * fault in the row.
 */
export const read = {
  text: (properties: Properties, key: string): string =>
    expect(properties, key, (value) => typeof value === "string"),
  optionalText: (properties: Properties, key: string): string | undefined =>
    properties[key] === undefined || properties[key] === null
      ? undefined
      : read.text(properties, key),
  number: (properties: Properties, key: string): number =>
    expect(properties, key, (value) => typeof value === "number"),
  optionalNumber: (properties: Properties, key: string): number | undefined =>
    properties[key] === undefined || properties[key] === null
      ? undefined
      : read.number(properties, key),
  flag: (properties: Properties, key: string): boolean => properties[key] === true,
  object: (properties: Properties, key: string): Properties =>
    expect(properties, key, (value) => typeof value === "object" && value !== null),
  list: (properties: Properties, key: string): readonly Properties[] =>
    (properties[key] as readonly Properties[] | undefined) ?? [],
  texts: (properties: Properties, key: string): readonly string[] =>
    (properties[key] as readonly string[] | undefined) ?? [],
};

function expect<T>(properties: Properties, key: string, is: (value: unknown) => boolean): T {
  const value = properties[key];
  if (!is(value))
    throw new Error(
      `The rehearsal's row reads "${key}" and finds ${value === null ? "null" : typeof value}; its kind in the row is wrong.`,
    );
  return value as T;
}

/** Whether a value counts as absent: the wire format has only null for that. */
export function isNothing(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}

/**
 * Whether Terraform can't tell a value from none: false, 0, an empty string, an empty list or map.
 */
export function isZero(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false)
    return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

/** Whether two plain values are equal; the order of their keys does not matter. */
export function same(left: unknown, right: unknown): boolean {
  return canonical(left) === canonical(right);
}

/**
 * A string that is equal for equal values: keys are sorted, and nulls omitted as in the wire
 * format.
 */
export function canonical(value: unknown): string {
  return (
    JSON.stringify(value, (_, inner: unknown) =>
      inner !== null && typeof inner === "object" && !Array.isArray(inner)
        ? Object.fromEntries(
            Object.entries(inner)
              .filter(([, v]) => v !== undefined && v !== null)
              .sort(([a], [b]) => (a < b ? -1 : 1)),
          )
        : inner,
    ) ?? "undefined"
  );
}
