/**
 * Expressions of Cloudflare's rules language, built from a few words of it, so that a rule can be
 * read, and evaluated by something small. Pure. Nothing here is beyond the Free plan: no `matches`,
 * which needs Business, no list, no account.
 * https://developers.cloudflare.com/ruleset-engine/rules-language/
 */

declare const isExpression: unique symbol;

/** A condition; only the functions below make one. */
export type Expression = string & { readonly [isExpression]: true };

/**
 * Every word that the functions below can write: what evaluates them needs to know these and no
 * other.
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

/** One of these hosts, whole. */
export function hostIs(...hosts: readonly string[]): Expression {
  return oneOf(HOST, hosts.map(quoted));
}

/** One of these paths, whole and without query. */
export function pathIs(...paths: readonly string[]): Expression {
  return oneOf(PATH, paths.map(quoted));
}

/** A path that begins so. */
export function pathStartsWith(prefix: string): Expression {
  return expression(`starts_with(${PATH}, ${quoted(prefix)})`);
}

/** A path that ends so. */
export function pathEndsWith(suffix: string): Expression {
  return expression(`ends_with(${PATH}, ${quoted(suffix)})`);
}

/** A path with this in it. */
export function pathContains(part: string): Expression {
  return expression(`${PATH} contains ${quoted(part)}`);
}

/** One of these methods, in capitals. */
export function methodIs(...methods: readonly string[]): Expression {
  return oneOf("http.request.method", methods.map(quoted));
}

/** A request with this header, whatever it says; the name in lower case. */
export function hasHeader(name: string): Expression {
  return expression(`any(${header(name)} ne "")`);
}

/** A request whose header has this in it; the name in lower case. */
export function headerContains(name: string, part: string): Expression {
  return expression(`any(${header(name)} contains ${quoted(part)})`);
}

/** An answer with one of these status codes: in the phases that come after the origin. */
export function statusIs(...codes: readonly number[]): Expression {
  return oneOf("http.response.code", codes.map(String));
}

/** A request from one of these addresses or ranges. */
export function addressIs(...ranges: readonly string[]): Expression {
  return expression(`ip.src in {${some(ranges).join(" ")}}`);
}

/** All of them. */
export function all(...conditions: readonly Expression[]): Expression {
  return joined("and", conditions);
}

/** At least one of them. */
export function either(...conditions: readonly Expression[]): Expression {
  return joined("or", conditions);
}

/** Not so. */
export function not(condition: Expression): Expression {
  // What begins with a parenthesis is `joined`, and ends with the one that belongs to it.
  return expression(`not ${condition.startsWith("(") ? condition : `(${condition})`}`);
}

/**
 * A value, not a condition: the request's path behind an origin such as "https://example.social".
 */
export function samePathAt(origin: string): string {
  return `concat(${quoted(origin)}, ${PATH})`;
}

/**
 * A value, not a condition: what follows a beginning of the request's path, behind an origin. Only
 * where the path begins so.
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

/** @throws Error for nothing: a rule for no host would be one for none of ours, or for all. */
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
