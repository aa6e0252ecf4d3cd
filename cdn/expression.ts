/**
 * Builds expressions of Cloudflare's rules language from a few functions, so that people can read a
 * rule and a small program can evaluate it. All of it works on the Free plan: no `matches`
 * (Business), no lists, no account-level rules.
 * https://developers.cloudflare.com/ruleset-engine/rules-language/
 */

declare const isExpression: unique symbol;

/** A condition. Only the functions below create one. */
export type Expression = string & { readonly [isExpression]: true };

/**
 * All identifiers that the functions below can write. An evaluator needs to know these and no
 * others.
 */
export const LANGUAGE = {
  fields: [
    "http.host",
    "http.request.uri.path",
    "http.request.method",
    "http.request.headers",
    "http.response.code",
    "ip.src",
  ],
  functions: ["any", "concat", "ends_with", "starts_with", "substring"],
  operators: ["and", "contains", "eq", "in", "ne", "not", "or"],
} as const;

const HOST = "http.host";
const PATH = "http.request.uri.path";

/** Matches one of these hosts, compared whole. */
export function hostIs(...hosts: readonly string[]): Expression {
  return oneOf(HOST, hosts.map(quoted));
}

/** Matches one of these paths, compared whole and without the query. */
export function pathIs(...paths: readonly string[]): Expression {
  return oneOf(PATH, paths.map(quoted));
}

/** Matches a path that begins with `prefix`. */
export function pathStartsWith(prefix: string): Expression {
  return expression(`starts_with(${PATH}, ${quoted(prefix)})`);
}

/** Matches a path that ends with `suffix`. */
export function pathEndsWith(suffix: string): Expression {
  return expression(`ends_with(${PATH}, ${quoted(suffix)})`);
}

/** Matches a path that contains `part`. */
export function pathContains(part: string): Expression {
  return expression(`${PATH} contains ${quoted(part)}`);
}

/** Matches one of these methods, in capitals. */
export function methodIs(...methods: readonly string[]): Expression {
  return oneOf("http.request.method", methods.map(quoted));
}

/** Matches a request that has this header, with any value. The name is in lower case. */
export function hasHeader(name: string): Expression {
  return expression(`any(${header(name)} ne "")`);
}

/** Matches a request whose header contains `part`. The name is in lower case. */
export function headerContains(name: string, part: string): Expression {
  return expression(`any(${header(name)} contains ${quoted(part)})`);
}

/** Matches a response with one of these status codes. Only for phases after the origin. */
export function statusIs(...codes: readonly number[]): Expression {
  return oneOf("http.response.code", codes.map(String));
}

/** Matches a request from one of these addresses or ranges. */
export function addressIs(...ranges: readonly string[]): Expression {
  return expression(`ip.src in {${some(ranges).join(" ")}}`);
}

/** Matches if all conditions match. */
export function all(...conditions: readonly Expression[]): Expression {
  return joined("and", conditions);
}

/** Matches if at least one condition matches. */
export function either(...conditions: readonly Expression[]): Expression {
  return joined("or", conditions);
}

/** Matches if the condition does not. */
export function not(condition: Expression): Expression {
  // A condition that begins with a parenthesis comes from `joined`, and ends with the matching one.
  return expression(`not ${condition.startsWith("(") ? condition : `(${condition})`}`);
}

/**
 * Returns a value, not a condition: the request's path behind an origin such as
 * "https://example.social".
 */
export function samePathAt(origin: string): string {
  return `concat(${quoted(origin)}, ${PATH})`;
}

/**
 * Returns a value, not a condition: the request's path without its beginning, behind an origin. Use
 * it only if the path has that beginning.
 */
export function restOfPathAt(origin: string, beginning: string): string {
  return `concat(${quoted(origin)}, substring(${PATH}, ${Buffer.byteLength(beginning)}))`;
}

function joined(word: "and" | "or", conditions: readonly Expression[]): Expression {
  const [first, ...others] = some(conditions);
  return others.length === 0 ? first : expression(`(${conditions.join(` ${word} `)})`);
}

function oneOf(field: string, values: readonly string[]): Expression {
  const [first, ...others] = some(values);
  return expression(
    others.length === 0 ? `${field} eq ${first}` : `${field} in {${values.join(" ")}}`,
  );
}

/**
 * @throws Error if the list is empty. A rule for no host would apply to none of the hosts, or to
 * all.
 */
function some<T>(values: readonly T[]): readonly [T, ...T[]] {
  const [first, ...others] = values;
  if (first === undefined) throw new Error("An expression over no values can't be written.");
  return [first, ...others];
}

function header(name: string): string {
  return `http.request.headers[${quoted(name)}][*]`;
}

function quoted(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

function expression(text: string): Expression {
  return text as Expression;
}
