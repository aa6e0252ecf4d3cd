import { RESOURCE_RULES, STACK_RULES } from "../../policy/rules/all.ts";
import { STEP_RULES } from "../../policy/steps/all.ts";
import { markdownTable } from "./markdown.ts";

/** The table of the rules over steps. */
export function stepRulesTable(): string {
  return rulesTable(STEP_RULES);
}

/** The table of the rules over a plan, which the engine runs as a policy pack. */
export function packRulesTable(): string {
  return rulesTable([...RESOURCE_RULES, ...STACK_RULES]);
}

function rulesTable(
  rules: readonly { readonly name: string; readonly level: string; readonly says: string }[],
): string {
  return markdownTable(
    ["rule", "level", "what it holds"],
    rules.map(({ name, level, says }) => [`\`${name}\``, level, says]),
  );
}
