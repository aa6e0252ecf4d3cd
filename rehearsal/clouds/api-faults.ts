import type { Properties } from "../providers/provider.ts";
import { UNKNOWN } from "../../plan/values.ts";
import type { PropertyRow, ResourceRow } from "./rows.ts";

/** Inputs that no preview refuses although the cloud's API will, each reason with its path. */

/** Reasons for which the API refuses these inputs. Values are plain; unknown ones are accepted. */
export function apiFaults(row: ResourceRow, inputs: Properties): readonly string[] {
  return [...faultsOf(row.properties, inputs, "", "api"), ...(row.apiFaults?.(inputs) ?? [])];
}

/** Values that the provider accepts and never sends. */
export function unsentValues(row: ResourceRow, inputs: Properties): readonly string[] {
  return faultsOf(row.properties, inputs, "", "unsent");
}

function faultsOf(
  rows: Readonly<Record<string, PropertyRow>>,
  values: Properties,
  path: string,
  rule: "api" | "unsent",
): readonly string[] {
  return Object.entries(rows).flatMap(([key, row]) => {
    const value = values[key];
    if (value === undefined || value === null || value === UNKNOWN) return [];
    const full = path === "" ? key : `${path}.${key}`;
    const fault = row[rule]?.(value);
    const { item } = row;
    const inner =
      item === undefined ? [] : Object.entries(value as object).map(([at, each]) => [at, each]);
    return [
      ...(fault === undefined ? [] : [`${full}: ${fault}`]),
      ...(row.fields === undefined ? [] : faultsOf(row.fields, value as Properties, full, rule)),
      ...inner.flatMap(([at, each]) =>
        faultsOf({ [String(at)]: item as PropertyRow }, { [String(at)]: each }, full, rule),
      ),
    ];
  });
}
