import { cloudflareRows } from "../clouds/cloudflare/rows.ts";
import { labelOf, type Operation } from "../engine/operation.ts";
import { checkOf, type Check } from "./check.ts";

/**
 * Resource types whose creation always warns, because the cloud keeps their settings after any
 * delete.
 */
const KEPT: ReadonlySet<string> = new Set(
  cloudflareRows.resources.flatMap(({ type, forgets }) =>
    forgets?.create === undefined ? [] : [type],
  ),
);
const STACK = "pulumi:pulumi:Stack";

/**
 * Checks that a preview of a new stack warns about each setting that the cloud keeps, and otherwise
 * gives only the program's warnings.
 */
export function warningsCheck({ steps, warned }: Operation): Check {
  const kept = steps.filter(({ type }) => KEPT.has(type)).map(({ urn }) => urn);
  const own = warned.filter((urn) => urn === "" || typeOf(urn) === STACK);
  const others = warned.filter((urn) => !kept.includes(urn) && !own.includes(urn));
  const silent = kept.filter((urn) => warned.filter((each) => each === urn).length !== 1);
  return checkOf(
    "a warning is the program's own, or of what Cloudflare keeps after a delete",
    [
      ...others.map((urn) => `${labelOf(typeOf(urn), urn)} is warned about`),
      ...silent.map((urn) => `${labelOf(typeOf(urn), urn)} is not warned about exactly once`),
    ],
    `${kept.length} of what Cloudflare keeps, ${own.length} of the program's own`,
  );
}

/** The type in a URN, without the parents' types. */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}
