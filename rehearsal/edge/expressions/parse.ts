import { isIP } from "node:net";
import {
  COMPARISONS,
  FIELDS,
  FUNCTIONS,
  LOGICAL,
  type Condition,
  type Operand,
  type Side,
  type Type,
} from "./language.ts";
import { ExpressionError, tokensOf, type Token } from "./tokens.ts";

/** An operand with its type. */
interface Typed {
  readonly operand: Operand;
  readonly type: Type;
}

/**
 * Parses a rule's condition and checks its types, as Cloudflare does when the rule is saved.
 * @param side whether the rule runs before or after the response.
 * @throws ExpressionError for anything outside the supported subset, with its position.
 */
export function parseCondition(expression: string, side: Side = "request"): Condition {
  const parser = new Parser(expression, side);
  const condition = parser.condition(LOGICAL.length);
  parser.expectEnd();
  return condition;
}

/**
 * Parses an expression of type string: a redirect's target, a header's value.
 * @throws ExpressionError as `parseCondition`, and for another type.
 */
export function parseValue(expression: string, side: Side = "request"): Operand {
  const parser = new Parser(expression, side);
  const { operand, type } = parser.operand();
  parser.expectEnd();
  if (type !== "string") throw new ExpressionError(expression, 0, `begins a value of type ${type}`);
  return operand;
}

/** Recursive descent, with one method for each level. */
class Parser {
  readonly #expression: string;
  readonly #tokens: readonly Token[];
  readonly #side: Side;
  #next = 0;

  constructor(expression: string, side: Side) {
    this.#expression = expression;
    this.#tokens = tokensOf(expression);
    this.#side = side;
  }

  /** `strength` is the number of logical operators allowed here; 0 means one term. */
  condition(strength: number): Condition {
    const operator = LOGICAL[strength - 1];
    if (operator === undefined) return this.#term();
    const terms = [this.condition(strength - 1)];
    while (this.#takeName(operator)) terms.push(this.condition(strength - 1));
    const [only] = terms;
    return terms.length === 1 && only !== undefined ? only : { kind: "logical", operator, terms };
  }

  #term(): Condition {
    if (this.#takeName("not")) return { kind: "not", term: this.#term() };
    if (this.#takeSymbol("(")) {
      const inner = this.condition(LOGICAL.length);
      this.#expectSymbol(")");
      return inner;
    }
    if (this.#takeName("any")) return this.#any();
    const { condition, type } = this.#comparison();
    if (type === "each") throw this.#complaint("[*] stands outside any()");
    return condition;
  }

  #any(): Condition {
    this.#expectSymbol("(");
    const { condition, type } = this.#comparison();
    if (type !== "each") throw this.#complaint("any() takes what has [*] and nothing else");
    this.#expectSymbol(")");
    return { kind: "any", term: condition };
  }

  #comparison(): { readonly condition: Condition; readonly type: Type } {
    const { operand: left, type } = this.operand();
    const token = this.#peek();
    const word = token.kind === "name" ? token.text : "";
    const compared = type === "each" ? "string" : type;
    if (word === "in") {
      this.#next += 1;
      const values = this.#set(compared);
      return type === "address"
        ? { condition: { kind: "within", left, ranges: values.map(String) }, type }
        : { condition: { kind: "in", left, values }, type };
    }
    const types = COMPARISONS[word];
    if (types === undefined) {
      if (type === "boolean") return { condition: { kind: "test", of: left }, type };
      throw this.#complaint(`a comparison is missing after a value of type ${type}`);
    }
    if (!types.includes(compared)) throw this.#complaint(`${word} is not for type ${type}`);
    this.#next += 1;
    const right = this.#literal(compared);
    return { condition: { kind: "comparison", operator: word, left, right }, type };
  }

  #set(type: Type): readonly (string | number)[] {
    this.#expectSymbol("{");
    const values: (string | number)[] = [];
    while (!this.#takeSymbol("}")) values.push(this.#literal(type));
    if (values.length === 0) throw this.#complaint("a set is empty");
    return values;
  }

  #literal(type: Type): string | number {
    const token = this.#peek();
    if (token.kind !== type || !("value" in token))
      throw this.#complaint(`a literal of type ${type} is missing`);
    if (token.kind === "address" && !isRange(token.value))
      throw this.#complaint("an address or a range is wrong");
    this.#next += 1;
    return token.value;
  }

  operand(): Typed {
    const token = this.#peek();
    if (token.kind === "string" || token.kind === "integer") {
      this.#next += 1;
      return { operand: { kind: "literal", value: token.value }, type: token.kind };
    }
    if (token.kind !== "name") throw this.#complaint("a field or a function is missing");
    const called = FUNCTIONS[token.text];
    const field = FIELDS[token.text];
    if (called === undefined && field === undefined)
      throw this.#complaint(`${token.text} is no field or function of the subset`);
    if (field?.side === "response" && this.#side === "request")
      throw this.#complaint(`${token.text} is known only with the response`);
    this.#next += 1;
    if (called !== undefined) return this.#call(token.text);
    if (field?.type === "map") return this.#each(token.text);
    return { operand: { kind: "field", name: token.text }, type: field?.type ?? "string" };
  }

  /** `["accept"][*]`: all values of a header. No other access to a map is supported. */
  #each(of: string): Typed {
    this.#expectSymbol("[");
    const key = String(this.#literal("string"));
    if (key !== key.toLowerCase())
      throw this.#complaint(`the header ${key} must be in small letters, or it never fits`);
    for (const symbol of ["]", "[", "*", "]"]) this.#expectSymbol(symbol);
    return { operand: { kind: "each", of, key }, type: "each" };
  }

  #call(name: string): Typed {
    const { takes, answers, more } = FUNCTIONS[name] ?? { takes: [], answers: "string" as const };
    this.#expectSymbol("(");
    const args: Operand[] = [];
    do {
      const wanted = takes[args.length] ?? more;
      const { operand, type } = this.operand();
      if (type !== wanted)
        throw this.#complaint(`${name}() does not take a value of type ${type} here`);
      args.push(operand);
    } while (this.#takeSymbol(","));
    this.#expectSymbol(")");
    if (args.length < takes.length) throw this.#complaint(`${name}() takes more values`);
    return { operand: { kind: "call", name, args }, type: answers };
  }

  expectEnd(): void {
    if (this.#peek().kind !== "end") throw this.#complaint("something follows the end");
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: "end", at: this.#expression.length };
  }

  #takeName(text: string): boolean {
    const token = this.#peek();
    const fits = token.kind === "name" && token.text === text;
    if (fits) this.#next += 1;
    return fits;
  }

  #takeSymbol(text: string): boolean {
    const token = this.#peek();
    const fits = token.kind === "symbol" && token.text === text;
    if (fits) this.#next += 1;
    return fits;
  }

  #expectSymbol(text: string): void {
    if (!this.#takeSymbol(text)) throw this.#complaint(`${text} is missing`);
  }

  #complaint(reason: string): ExpressionError {
    return new ExpressionError(this.#expression, this.#peek().at, reason);
  }
}

function isRange(text: string): boolean {
  const [address = "", bits] = text.split("/");
  const most = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1;
  return bits === undefined ? most > 0 : Number(bits) <= most;
}
