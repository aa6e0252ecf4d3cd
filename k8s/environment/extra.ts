import type { StackConfig } from "../../config/schema.ts";
import type { Variables } from "./variables.ts";

/**
 * Variables that the operator adds and this program does not set; `input/rules/options.ts` refuses
 * others.
 */
export function extra(
  process: "rails" | "streaming",
  { extraEnvironment }: Pick<StackConfig, "extraEnvironment">,
): Variables {
  return { plain: extraEnvironment[process], secret: {} };
}
