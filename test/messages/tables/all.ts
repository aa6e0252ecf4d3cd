import { BASE, withValue } from "../../config/base.ts";
import { withOptions } from "../../config/every-option.ts";
import { caseOf, casesOf, type Case } from "../row.ts";
import { CAPACITY } from "./capacity.ts";
import { EDGE, type EdgeRow } from "./edge.ts";
import { OPTIONS } from "./options.ts";
import { SCHEMA } from "./schema.ts";

/** Servers whose names are changed to wrong ones. */
const BASES: Readonly<Record<EdgeRow["base"], Readonly<Record<string, unknown>>>> = {
  "one host": BASE,
  "identity and server apart": {
    ...BASE,
    webDomain: "web.example.social",
    hosts: { streaming: "streaming.example.social", assets: "assets.example.social" },
    media: { host: "media.example.social" },
  },
};

/** Every table of refusals, by its heading in the golden file. */
export const TABLES: Readonly<Record<string, readonly Case[]>> = {
  "One value of a right configuration put wrong": casesOf(BASE, SCHEMA),
  "One value put wrong beside every option": casesOf(withOptions(BASE), OPTIONS),
  "More than is paid for": CAPACITY.map(([danger, changes, ...short]) =>
    caseOf(danger, changed(BASE, changes), short),
  ),
  "Names, media and the zone that do not go together": EDGE.map(({ danger, base, changes, told }) =>
    caseOf(danger, changed(BASES[base], changes), told),
  ),
};

function changed(
  base: Readonly<Record<string, unknown>>,
  changes: readonly (readonly [path: string, value: unknown])[],
): Record<string, unknown> {
  return changes.reduce<Record<string, unknown>>(
    (config, [path, value]) => withValue(config, path, value),
    structuredClone(base) as Record<string, unknown>,
  );
}
