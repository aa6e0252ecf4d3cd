import { z } from "zod";

/**
 * Description of each key in plain words. It is derived from the JSON Schema, so that messages,
 * documentation and the editors' schema can't disagree.
 */

/** The parts of a JSON Schema that this program's schemas use; `allowed` is an addition. */
export interface SchemaNode {
  readonly type?: string;
  readonly description?: string;
  /** Allowed values, if the type alone does not say them. */
  readonly allowed?: string;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly required?: readonly string[];
  readonly items?: SchemaNode;
  /** Values under names that the operator chooses. */
  readonly additionalProperties?: SchemaNode | false;
}

/** The JSON Schema of the input, not of the parsed result: a key with a default is optional. */
export function nodeOf(schema: z.ZodType): SchemaNode {
  return z.toJSONSchema(schema, { io: "input" }) as SchemaNode;
}

/** The schema at a path; `undefined` if there is none. */
export function nodeAt(root: SchemaNode, path: readonly PropertyKey[]): SchemaNode | undefined {
  return path.reduce<SchemaNode | undefined>(
    (node, step) =>
      typeof step === "number"
        ? node?.items
        : (ownProperty(node?.properties, String(step)) ?? chosen(node?.additionalProperties)),
    root,
  );
}

function chosen(of: SchemaNode["additionalProperties"]): SchemaNode | undefined {
  return typeof of === "object" ? of : undefined;
}

function ownProperty<T>(of: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return of !== undefined && Object.hasOwn(of, key) ? of[key] : undefined;
}

/** Allowed values in words: "a whole number from 1 to 32, without quotes". */
export function allowedText(node: SchemaNode): string {
  if (node.allowed !== undefined) return node.allowed;
  if (node.enum !== undefined) return `one of ${node.enum.map(String).join(", ")}`;
  switch (node.type) {
    case "integer":
      return `a whole number${range(node)}, without quotes`;
    case "number":
      return `a number${range(node)}, without quotes`;
    case "boolean":
      return "true or false, without quotes";
    case "array":
      return node.minItems === undefined ? "a list" : `a list of ${node.minItems} or more`;
    case "object":
      return "keys below it, indented";
    default:
      return "a text";
  }
}

/** JavaScript's own bounds of integers are not shown. */
function range({ minimum = -Infinity, maximum = Infinity }: SchemaNode): string {
  const low = minimum > Number.MIN_SAFE_INTEGER ? minimum : undefined;
  const high = maximum < Number.MAX_SAFE_INTEGER ? maximum : undefined;
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`;
  if (low !== undefined) return ` of ${low} or more`;
  return high === undefined ? "" : ` of ${high} or less`;
}

/** A valid value in the form of the stack file; `undefined` if "one of …" already shows it. */
export function exampleText(node: SchemaNode): string | undefined {
  if (node.examples === undefined && (node.enum !== undefined || node.type === "boolean"))
    return undefined;
  const example = exampleOf(node);
  return example === undefined ? undefined : flow(example);
}

/**
 * The same as a value. For an object its required keys, or its first key. `undefined` if the schema
 * has none.
 */
export function exampleOf(node: SchemaNode): unknown {
  if (node.examples !== undefined) return node.examples[0];
  if (node.enum !== undefined) return node.enum[0];
  if (node.type === "boolean") return true;
  if (node.items !== undefined) return [exampleOf(node.items)];
  if (node.properties === undefined) return undefined;
  const all = Object.entries(node.properties);
  const required = all.filter(([key]) => node.required?.includes(key));
  // `{}` would be no example of keys.
  return Object.fromEntries(
    (required.length > 0 ? required : all.slice(0, 1)).map(([key, inner]) => [
      key,
      exampleOf(inner),
    ]),
  );
}

/** YAML on one line. */
export function flow(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${flow(inner)}`);
  if (entries.length === 0) return "{}";
  return `{ ${entries.join(", ")} }`;
}
