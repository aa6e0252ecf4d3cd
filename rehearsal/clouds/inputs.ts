import { createHash } from "node:crypto";
import type { CheckFailure, CheckResult, Properties, ResourceRef } from "../providers/provider.ts";
import { reveal, Secret, UNKNOWN } from "../../plan/values.ts";
import { isNothing, isZero } from "./properties.ts";
import type { PropertyRow, ResourceRow } from "./rows.ts";

/**
 * Input in which a bridged provider records which inputs it filled in itself. With it a later Check
 * can tell a generated name from a given one (pulumi/pulumi-terraform-bridge
 * `pkg/tfbridge/schema.go`, `defaultsKey`).
 */
export const DEFAULTS_KEY = "__defaults";

/** Checks the inputs of a resource and adds name and defaults, as a bridged provider does. */
export function checkInputs(
  row: ResourceRow,
  ref: ResourceRef,
  olds: Properties | undefined,
  news: Properties,
  randomSeed: Uint8Array,
): CheckResult {
  const inputs = Object.fromEntries(
    Object.entries(news).filter(([key, value]) => key !== DEFAULTS_KEY && !isNothing(value)),
  );
  const filled: string[] = [];
  if (row.autonamed !== undefined && inputs["name"] === undefined) {
    // An existing name stays, no matter whether it was given or generated
    // (`pkg/tfbridge/info/autonaming.go`, read 2026-11-28).
    inputs["name"] = olds?.["name"] ?? autoname(ref.name, randomSeed, row.autonamed.maxLength);
    filled.push("name");
  }
  const filledBefore = olds?.[DEFAULTS_KEY];
  for (const [key, property] of Object.entries(row.properties)) {
    if (property.default === undefined || inputs[key] !== undefined) continue;
    // The provider writes no zero if there was no value (pulumi/pulumi-terraform-bridge#2618).
    const isWritten = Array.isArray(filledBefore) && filledBefore.includes(key);
    if (isZero(property.default) && !isWritten) continue;
    inputs[key] = property.default;
    filled.push(key);
  }
  const failures = checkFields(row.properties, inputs, "", whereOf(row));
  if (failures.length === 0 && row.contradictions !== undefined)
    failures.push(...row.contradictions(withoutSecrets(inputs)));
  return { inputs: { ...inputs, [DEFAULTS_KEY]: filled }, failures };
}

/** Place of a missing row, for the message that asks for it. */
export function whereOf(row: { readonly file: string }): string {
  return `add its row in ${row.file}, with its source, or take it out of the program`;
}

/** Checks properties against rows; returns one failure for each fault, under the top-level key. */
export function checkFields(
  rows: Readonly<Record<string, PropertyRow>>,
  values: Properties,
  path: string,
  where: string,
): CheckFailure[] {
  const failures: CheckFailure[] = [];
  const fail = (key: string, reason: string): void => {
    const full = path === "" ? key : `${path}.${key}`;
    failures.push({ property: topOf(full), reason: `${full}: ${reason}` });
  };
  for (const key of Object.keys(values)) {
    const row = rows[key];
    if (row === undefined) fail(key, `the rehearsal knows no such property here; ${where}`);
    else if (row.output === true) fail(key, "the cloud gives this value; it can't be set");
  }
  for (const [key, row] of Object.entries(rows)) {
    const value = opened(values[key]);
    if (isNothing(value)) {
      if (row.required === true) fail(key, "required, but not set");
      continue;
    }
    if (value === UNKNOWN) continue;
    if (!isKind(row, value)) {
      fail(key, `must be ${articleOf(row.kind)}`);
      continue;
    }
    if (row.allowed !== undefined && !row.allowed.includes(value as string | number))
      fail(key, `${shown(row, values[key])} is not one of: ${row.allowed.join(", ")}`);
    const refused = row.refuse?.(reveal(value));
    if (refused !== undefined) fail(key, refused);
    const full = path === "" ? key : `${path}.${key}`;
    if (row.fields !== undefined)
      failures.push(...checkFields(row.fields, value as Properties, full, where));
    const { item } = row;
    if (item === undefined) continue;
    for (const [index, inner] of Object.entries(value as object))
      failures.push(...checkFields({ [index]: item }, { [index]: inner }, full, where));
  }
  return failures;
}

/**
 * `<logical>-<7hex>`, with the left part shortened to the length (pulumi-digitalocean
 * `provider/resources.go`, `SetAutonaming(255, "-")`).
 */
export function autoname(logical: string, randomSeed: Uint8Array, maxLength: number): string {
  const suffix = createHash("sha256").update(logical).update(randomSeed).digest("hex").slice(0, 7);
  return `${logical.slice(0, maxLength - suffix.length - 1)}-${suffix}`;
}

const topOf = (path: string): string => path.split(".", 1)[0] ?? path;
const opened = (value: unknown): unknown => (value instanceof Secret ? value.reveal() : value);
const withoutSecrets = (values: Properties): Properties => reveal(values) as Properties;

/** A value for a message; never a secret one. */
function shown(row: PropertyRow, value: unknown): string {
  return row.secret === true || value instanceof Secret ? "[secret]" : JSON.stringify(value);
}

function articleOf(kind: PropertyRow["kind"]): string {
  return /^[aeiou]/.test(kind) ? `an ${kind}` : `a ${kind}`;
}

function isKind(row: PropertyRow, value: unknown): boolean {
  switch (row.kind) {
    case "any":
      return true;
    case "integer":
      return Number.isInteger(value);
    case "list":
    case "set":
      return Array.isArray(value);
    case "map":
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    default:
      return typeof value === row.kind;
  }
}
