import type { StackConfig } from "../../config/schema.ts";
import type { Variables } from "./variables.ts";

/**
 * Additional variables of the operator that this program does not set; `input/rules/options.ts`
 * refuses others.
 */
export function extra(
  process: "rails" | "streaming",
  { extraEnvironment }: Pick<StackConfig, "extraEnvironment">,
): Variables {
  return { plain: extraEnvironment[process], secret: {} };
}
