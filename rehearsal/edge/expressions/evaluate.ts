import { BlockList, isIPv6 } from "node:net";
import type { Condition, Operand } from "./language.ts";

/** Value of a field. Header names of a map are in lower case. */
export type FieldValue = string | number | Readonly<Record<string, readonly string[]>>;

/** Fields of one request by name; with the response's, once there is one. */
export type Fields = Readonly<Record<string, FieldValue | undefined>>;

/** Whether a condition is true. @throws Error for a field that the caller should have set. */
export function holds(condition: Condition, fields: Fields): boolean {
  switch (condition.kind) {
    case "not":
      return !holds(condition.term, fields);
    case "logical":
      return condition.operator === "and"
        ? condition.terms.every((term) => holds(term, fields))
        : condition.terms.some((term) => holds(term, fields));
    default:
      return answersOf(condition, fields).some(Boolean);
  }
}

/** Value of an expression of type string. */
export function textOf(operand: Operand, fields: Fields): string {
  return valuesOf(operand, fields).join("");
}

/**
 * One result, or with `[*]` one for each value of a header, of which `any()` requires one to be
 * true. A missing header has no results: "any comparison where the expression evaluates to a
 * missing value will evaluate to false", `ne` included
 * (https://developers.cloudflare.com/ruleset-engine/rules-language/values/#notes).
 */
function answersOf(condition: Condition, fields: Fields): readonly boolean[] {
  switch (condition.kind) {
    case "any":
      return answersOf(condition.term, fields);
    case "test":
      return [called(condition.of, fields) === true];
    case "in":
      return valuesOf(condition.left, fields).map((value) => condition.values.includes(value));
    case "within":
      return valuesOf(condition.left, fields).map((value) => within(value, condition.ranges));
    case "comparison": {
      const { operator, right } = condition;
      return valuesOf(condition.left, fields).map((value) => compares(operator, value, right));
    }
    default:
      return [holds(condition, fields)];
  }
}

function compares(operator: string, left: string | number, right: string | number): boolean {
  if (operator === "eq") return left === right;
  if (operator === "ne") return left !== right;
  if (operator === "contains") return String(left).includes(String(right));
  throw new Error(`The interpreter has no comparison ${operator}.`);
}

function within(address: string | number, ranges: readonly string[]): boolean {
  const list = new BlockList();
  const family = (text: string): "ipv4" | "ipv6" => (isIPv6(text) ? "ipv6" : "ipv4");
  for (const range of ranges) {
    const [network = "", bits] = range.split("/");
    if (bits === undefined) list.addAddress(network, family(network));
    else list.addSubnet(network, Number(bits), family(network));
  }
  return list.check(String(address), family(String(address)));
}

function valuesOf(operand: Operand, fields: Fields): readonly (string | number)[] {
  switch (operand.kind) {
    case "literal":
      return [operand.value];
    case "call":
      return [String(called(operand, fields))];
    case "each": {
      const map = fieldOf(operand.of, fields) as Readonly<Record<string, readonly string[]>>;
      return Object.hasOwn(map, operand.key) ? (map[operand.key] ?? []) : [];
    }
    case "field":
      return [fieldOf(operand.name, fields) as string | number];
  }
}

function fieldOf(name: string, fields: Fields): FieldValue {
  const value = fields[name];
  if (value === undefined) throw new Error(`The edge did not fill in the field ${name}.`);
  return value;
}

function called(operand: Operand, fields: Fields): string | boolean {
  if (operand.kind !== "call") throw new Error(`The interpreter can't call a ${operand.kind}.`);
  const args = operand.args.flatMap((arg) => valuesOf(arg, fields)).map(String);
  const [first = "", second = ""] = args;
  if (operand.name === "starts_with") return first.startsWith(second);
  if (operand.name === "ends_with") return first.endsWith(second);
  if (operand.name === "substring") return first.slice(Number(second));
  if (operand.name === "concat") return args.join("");
  throw new Error(`The interpreter has no function ${operand.name}.`);
}
