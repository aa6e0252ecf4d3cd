import { readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import type { Json } from "./walk.ts";

/** One operation of an OpenAPI description, with all references resolved. */
export interface DescribedOperation {
  /** Path in the description's form. */
  readonly path: string;
  /** JSON Schema of the request's body; undefined if it has none. */
  readonly request: object | undefined;
  /** By status: JSON Schema of the answer's body, or undefined if it has none. */
  readonly answers: ReadonlyMap<string, object | undefined>;
}

/**
 * Keywords of a schema that mean the same in OpenAPI 3.0 and in JSON Schema, and contain no schema.
 */
const PLAIN = [
  "type",
  "format",
  "enum",
  "pattern",
  "minimum",
  "maximum",
  "minLength",
  "maxLength",
  "minItems",
  "maxItems",
  "required",
];

/**
 * An OpenAPI 3.0 description in one file, or in many that reference each other, as in
 * digitalocean/openapi. Its schemas become stricter: a property that they do not name is a fault,
 * because otherwise a misspelt name would pass.
 */
export class Description {
  readonly #root: string;
  readonly #files = new Map<string, Json>();
  readonly #paths: Json;

  constructor(file: string) {
    this.#root = resolve(file);
    this.#paths = this.#load(this.#root).paths;
    if (this.#paths === undefined)
      throw new Error(`${file} has no "paths": it is no OpenAPI description.`);
  }

  /** The operation of this method whose path has the same form, with any names of parameters. */
  operation(method: string, path: string): DescribedOperation | undefined {
    const found = Object.keys(this.#paths).find((each) => shapeOf(each) === shapeOf(path));
    if (found === undefined) return undefined;
    const item = this.#open(this.#paths[found], this.#root);
    const written = item.node[method.toLowerCase()];
    if (written === undefined) return undefined;
    const { node, file } = this.#open(written, item.file);
    const body = node.requestBody === undefined ? undefined : this.#open(node.requestBody, file);
    const answers = Object.entries(node.responses as Json).map(([status, answer]) => {
      const opened = this.#open(answer, file);
      return [status, this.#schemaOf(opened.node, opened.file, "answer")] as const;
    });
    return {
      path: found,
      request: body && this.#schemaOf(body.node, body.file, "request"),
      answers: new Map(answers),
    };
  }

  #schemaOf(holder: Json, file: string, side: Side): object | undefined {
    const content = holder.content ?? {};
    const media = content["application/json"] ?? Object.values(content)[0];
    if (media === undefined) return undefined;
    return media.schema === undefined ? {} : this.#inline(media.schema, file, side, []);
  }

  /** The schema with all references resolved, as JSON Schema. */
  #inline(written: Json, from: string, side: Side, within: readonly Json[]): Json {
    const { node, file } = this.#open(written, from);
    // A recursive schema: the inner one is not checked again.
    if (within.includes(node)) return {};
    const inner = (each: Json): Json => this.#inline(each, file, side, [...within, node]);
    const schema: Json = {};
    for (const key of PLAIN) if (node[key] !== undefined) schema[key] = node[key];
    if (node.items !== undefined) schema.items = inner(node.items);
    for (const key of ["oneOf", "anyOf"])
      if (node[key] !== undefined) schema[key] = node[key].map(inner);
    const properties: Json = {};
    for (const [key, value] of Object.entries((node.properties ?? {}) as Json)) {
      properties[key] = inner(value);
      // A request does not need properties that only the API returns.
      if (side === "request" && this.#isReadOnly(value, file))
        schema.required = (schema.required ?? []).filter((each: string) => each !== key);
    }
    for (const part of (node.allOf ?? []).map(inner)) {
      Object.assign(properties, part.properties);
      const required = [...new Set([...(schema.required ?? []), ...(part.required ?? [])])];
      Object.assign(schema, { ...part, required, properties: undefined });
    }
    delete schema.properties;
    const { additionalProperties: more } = node;
    if (Object.keys(properties).length > 0) {
      schema.properties = properties;
      schema.additionalProperties = more === undefined ? false : more;
    } else if (typeof more === "object") schema.additionalProperties = inner(more);
    if (node.nullable === true && schema.type !== undefined) schema.type = [schema.type, "null"];
    return schema;
  }

  #isReadOnly(written: Json, from: string): boolean {
    const { node, file } = this.#open(written, from);
    return (
      node.readOnly === true ||
      (node.allOf ?? []).some((each: Json) => this.#isReadOnly(each, file))
    );
  }

  /** Resolves the reference of a node, if it is one; returns the node with its file. */
  #open(written: Json, from: string): { readonly node: Json; readonly file: string } {
    let [node, file] = [written, from];
    while (typeof node?.$ref === "string") {
      const [path = "", pointer = ""] = node.$ref.split("#");
      if (path !== "") file = join(dirname(file), path);
      const keys = pointer.split("/").filter((key: string) => key !== "");
      node = this.#load(file);
      for (const key of keys) node = node?.[key.replaceAll("~1", "/").replaceAll("~0", "~")];
      if (node === undefined)
        throw new Error(`${from} refers to ${pointer} of ${file}: none there.`);
    }
    return { node, file };
  }

  #load(file: string): Json {
    const known = this.#files.get(file) ?? parse(readFileSync(file, "utf8"));
    this.#files.set(file, known);
    return known;
  }
}

type Side = "request" | "answer";

/** A path without the names of its parameters. */
function shapeOf(path: string): string {
  return path.replaceAll(/\{[^}]*\}/g, "{}");
}
