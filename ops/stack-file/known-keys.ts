import { StackConfigSchema } from "../../config/schema.ts";
import { nodeOf, type SchemaNode } from "../../config/describe.ts";

let known: ReadonlySet<string> | undefined;

/** The names of all settings, whatever their depth. Names of secrets are not among them. */
export function keysAtAnyDepth(): ReadonlySet<string> {
  return (known ??= new Set(["config", ...namesIn(nodeOf(StackConfigSchema))]));
}

function namesIn({ properties = {}, items }: SchemaNode): readonly string[] {
  return [
    ...Object.entries(properties)
      // Below it are the names of secrets.
      .filter(([key]) => key !== "fingerprints")
      .flatMap(([key, inner]) => [key, ...namesIn(inner)]),
    ...(items === undefined ? [] : namesIn(items)),
  ];
}
