/**
 * The part of Cloudflare's Rules language that `cdn/` writes: its fields, functions and operators,
 * and the syntax tree (https://developers.cloudflare.com/ruleset-engine/rules-language/).
 */

/** Types of the language. `each`: the strings of an array one by one (`[*]`), only for `any()`. */
export type Type = "string" | "integer" | "boolean" | "address" | "strings" | "map" | "each";

/** Part of the request in which a field is known: from the start, or only with the response. */
export type Side = "request" | "response";

/**
 * Fields of a request that a rule may use
 * (https://developers.cloudflare.com/ruleset-engine/rules-language/fields/reference/).
 */
export const FIELDS: Readonly<Record<string, { readonly type: Type; readonly side: Side }>> = {
  "http.host": { type: "string", side: "request" },
  "http.request.uri.path": { type: "string", side: "request" },
  "http.request.method": { type: "string", side: "request" },
  "http.request.headers": { type: "map", side: "request" },
  "http.response.code": { type: "integer", side: "response" },
  "ip.src": { type: "address", side: "request" },
};

/**
 * Functions with their argument and result types
 * (https://developers.cloudflare.com/ruleset-engine/rules-language/functions/). The parser itself
 * implements `any`.
 */
export const FUNCTIONS: Readonly<
  Record<string, { readonly takes: readonly Type[]; readonly answers: Type; readonly more?: Type }>
> = {
  starts_with: { takes: ["string", "string"], answers: "boolean" },
  ends_with: { takes: ["string", "string"], answers: "boolean" },
  // The argument counts bytes; paths are ASCII here.
  substring: { takes: ["string", "integer"], answers: "string" },
  concat: { takes: ["string", "string"], answers: "string", more: "string" },
};

/** Comparisons, with the types that they accept. */
export const COMPARISONS: Readonly<Record<string, readonly Type[]>> = {
  eq: ["string", "integer"],
  ne: ["string", "integer"],
  contains: ["string"],
};

/**
 * `not` binds strongest, then these from the first to the last
 * (https://developers.cloudflare.com/ruleset-engine/rules-language/operators/#order-of-precedence).
 */
export const LOGICAL = ["and", "or"] as const;

/** A field's value, or a function of it. */
export type Operand =
  | { readonly kind: "literal"; readonly value: string | number }
  | { readonly kind: "field"; readonly name: string }
  /** All values of one header. */
  | { readonly kind: "each"; readonly of: string; readonly key: string }
  | { readonly kind: "call"; readonly name: string; readonly args: readonly Operand[] };

/** A condition. */
export type Condition =
  | {
      readonly kind: "logical";
      readonly operator: (typeof LOGICAL)[number];
      readonly terms: readonly Condition[];
    }
  | { readonly kind: "not"; readonly term: Condition }
  | {
      readonly kind: "comparison";
      readonly operator: string;
      readonly left: Operand;
      readonly right: string | number;
    }
  | { readonly kind: "in"; readonly left: Operand; readonly values: readonly (string | number)[] }
  | { readonly kind: "within"; readonly left: Operand; readonly ranges: readonly string[] }
  | { readonly kind: "any"; readonly term: Condition }
  | { readonly kind: "test"; readonly of: Operand };
