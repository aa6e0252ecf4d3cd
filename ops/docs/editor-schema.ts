import { OTHER_NAMESPACES } from "../../input/namespaces.ts";
import { OPTIONAL_SECRET_KEYS, SECRET_KEYS } from "../../config/secret-keys/values.ts";
import { StackConfigSchema } from "../../config/schema.ts";
import { nodeOf, type SchemaNode } from "../../config/describe.ts";

/** Form of an encrypted value, as `pulumi config set --secret` writes it. */
const SECURE = {
  type: "object",
  properties: { secure: { type: "string" } },
  required: ["secure"],
  additionalProperties: false,
} as const;

/**
 * The JSON Schema of a stack file, for editors. Any value may also be encrypted (`secure:`). A key
 * that a profile may provide is not required: an editor can't know the profile, and the program
 * checks it.
 */
export function editorSchema(): unknown {
  const root = nodeOf(StackConfigSchema);
  const ours = Object.fromEntries(
    Object.entries(root.properties ?? {}).map(([key, node]) => [`mastodon:${key}`, orSecure(node)]),
  );
  const secrets = Object.fromEntries(
    [...SECRET_KEYS, ...OPTIONAL_SECRET_KEYS].map((key) => [
      `mastodon:${key}`,
      { description: "A secret: only ever encrypted.", ...SECURE },
    ]),
  );
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Stack file of the Mastodon server",
    type: "object",
    properties: {
      config: {
        type: "object",
        properties: { ...ours, ...secrets },
        // Pulumi and the providers have their own keys. Any other unknown key is a mistake.
        patternProperties: { [`^(${OTHER_NAMESPACES.join("|")}):`]: {} },
        additionalProperties: false,
      },
      encryptionsalt: { type: "string" },
      encryptedkey: { type: "string" },
      secretsprovider: { type: "string" },
    },
  };
}

function orSecure(node: SchemaNode): unknown {
  const { description } = node;
  return {
    ...(description === undefined ? {} : { description }),
    anyOf: [withoutRequired(node), SECURE],
  };
}

/**
 * Removes the metadata of this project, and required keys that a profile may provide, at any depth.
 */
function withoutRequired(node: SchemaNode): unknown {
  return Object.fromEntries(
    Object.entries(node)
      .filter(([key]) => key !== "required" && key !== "allowed")
      .map(([key, value]) => [key, inside(key, value)]),
  );
}

function inside(key: string, value: unknown): unknown {
  if (key === "items") return withoutRequired(value as SchemaNode);
  if (key !== "properties") return value;
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, SchemaNode>>).map(([name, inner]) => [
      name,
      withoutRequired(inner),
    ]),
  );
}
