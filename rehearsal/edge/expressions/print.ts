import type { Condition, Operand } from "./language.ts";
import { quoted } from "./tokens.ts";

/** Prints a condition so that it parses to the same condition: every group is in parentheses. */
export function printed(condition: Condition): string {
  switch (condition.kind) {
    case "not":
      return `not (${printed(condition.term)})`;
    case "logical":
      return condition.terms.map((term) => `(${printed(term)})`).join(` ${condition.operator} `);
    case "any":
      return `any(${printed(condition.term)})`;
    case "test":
      return printedOperand(condition.of);
    case "in":
      return `${printedOperand(condition.left)} in {${condition.values.map(literal).join(" ")}}`;
    case "within":
      return `${printedOperand(condition.left)} in {${condition.ranges.join(" ")}}`;
    case "comparison":
      return `${printedOperand(condition.left)} ${condition.operator} ${literal(condition.right)}`;
  }
}

function printedOperand(operand: Operand): string {
  switch (operand.kind) {
    case "literal":
      return literal(operand.value);
    case "field":
      return operand.name;
    case "each":
      return `${operand.of}[${literal(operand.key)}][*]`;
    case "call":
      return `${operand.name}(${operand.args.map(printedOperand).join(", ")})`;
  }
}

function literal(value: string | number): string {
  return typeof value === "string" ? quoted(value) : String(value);
}
