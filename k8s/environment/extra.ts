import type { StackConfig } from "../../config/schema.ts";
import type { Variables } from "./variables.ts";

/** What the operator adds of what nothing here sets; `config/rules/options.ts` refuses the rest. */
export function extra(
  process: "rails" | "streaming",
  { extraEnvironment }: Pick<StackConfig, "extraEnvironment">,
): Variables {
  return { plain: extraEnvironment[process], secret: {} };
}
