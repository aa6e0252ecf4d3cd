import { BASE, withValue } from "../config/base.ts";
import { withOptions } from "../config/every-option.ts";
import { caseOf, casesOf, type Case } from "./row.ts";
import { CAPACITY } from "./tables/capacity.ts";
import { OPTIONS } from "./tables/options.ts";
import { SCHEMA } from "./tables/schema.ts";

/** Every table of refusals, by its heading in the golden file. */
export const TABLES: Readonly<Record<string, readonly Case[]>> = {
  "One value of a right configuration put wrong": casesOf(BASE, SCHEMA),
  "One value put wrong beside every option": casesOf(withOptions(BASE), OPTIONS),
  "More than is paid for": CAPACITY.map(([danger, changes, ...short]) =>
    caseOf(
      danger,
      changes.reduce<Record<string, unknown>>(
        (config, [path, value]) => withValue(config, path, value),
        structuredClone(BASE) as unknown as Record<string, unknown>,
      ),
      short,
    ),
  ),
};
