import { StackConfigSchema } from "../../config/schema.ts";
import { nodeOf, type SchemaNode } from "../../config/describe.ts";

let known: ReadonlySet<string> | undefined;

/** Names of all settings, at any depth. Names of secrets are not among them. */
export function keysAtAnyDepth(): ReadonlySet<string> {
  return (known ??= new Set(["config", ...namesIn(nodeOf(StackConfigSchema))]));
}

function namesIn({ properties = {}, items }: SchemaNode): readonly string[] {
  return [
    ...Object.entries(properties)
      // Keys below it are names of secrets.
      .filter(([key]) => key !== "fingerprints")
      .flatMap(([key, inner]) => [key, ...namesIn(inner)]),
    ...(items === undefined ? [] : namesIn(items)),
  ];
}
