import { profileGives } from "../../config/defaults.ts";
import { StackConfigSchema } from "../../config/schema.ts";
import { nodeOf } from "../../config/words/describe.ts";

/**
 * The `config:` declarations of `Pulumi.yaml`. Only of keys that no stack can do without: Pulumi refuses a stack that lacks a declared
 * key, and an invented default would be passed to the program as if somebody had written it.
 */
export function projectConfig(): string {
  const { properties = {}, required = [] } = nodeOf(StackConfigSchema);
  const lines = required
    .filter((key) => key === "cluster" || !profileGives([key]))
    .flatMap((key) => {
      const { type = "string", description = "" } = properties[key] ?? {};
      return [
        `  ${key}:`,
        `    type: ${type}`,
        `    description: ${JSON.stringify(description.replaceAll(/[`*]/gu, ""))}`,
      ];
    });
  return `${lines.join("\n")}\n`;
}
