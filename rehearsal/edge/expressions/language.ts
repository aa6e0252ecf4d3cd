/**
 * The part of Cloudflare's Rules language that `cdn/` writes: its fields, functions and operators,
 * and the tree that an expression is read into
 * (https://developers.cloudflare.com/ruleset-engine/rules-language/).
 */

/** Types of the language. `each`: the strings of an array one by one (`[*]`), for `any()` alone. */
export type Type = "string" | "integer" | "boolean" | "address" | "strings" | "map" | "each";

/** When a field is known: from the request on, or only with the response. */
export type Side = "request" | "response";

/**
 * What a rule may ask of a request
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
 * The functions: what they take, and what they answer
 * (https://developers.cloudflare.com/ruleset-engine/rules-language/functions/). `any` is the
 * parser's own.
 */
export const FUNCTIONS: Readonly<
  Record<string, { readonly takes: readonly Type[]; readonly answers: Type; readonly more?: Type }>
> = {
  starts_with: { takes: ["string", "string"], answers: "boolean" },
  ends_with: { takes: ["string", "string"], answers: "boolean" },
  // From so many bytes on: paths are ASCII here.
  substring: { takes: ["string", "integer"], answers: "string" },
  concat: { takes: ["string", "string"], answers: "string", more: "string" },
};

/** Comparisons, and the types that they are for. */
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

/** A value of a field, or what is made of it. */
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
