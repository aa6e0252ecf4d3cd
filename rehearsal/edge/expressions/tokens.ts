/** A part of a rule expression. `at` counts characters from 0. */
export type Token = (
  | { readonly kind: "name"; readonly text: string }
  | { readonly kind: "string"; readonly value: string }
  | { readonly kind: "integer"; readonly value: number }
  | { readonly kind: "address"; readonly value: string }
  | { readonly kind: "symbol"; readonly text: string }
  | { readonly kind: "end" }
) & { readonly at: number };

/**
 * Maximum length of a rule expression
 * (https://developers.cloudflare.com/ruleset-engine/rules-language/expressions/).
 */
export const MAX_EXPRESSION_CHARACTERS = 4_096;

/** Error for an expression that the interpreter does not support. */
export class ExpressionError extends Error {
  constructor(expression: string, at: number, reason: string) {
    super(
      `The rehearsal can't read this rule expression: at character ${at + 1} ${reason}. It reads what cdn/ writes and no more (rehearsal/edge/expressions): \`${expression}\``,
    );
    this.name = "ExpressionError";
  }
}

const PATTERNS = {
  blank: /\s+/uy,
  name: /[a-z][a-z0-9_]*(?:\.[a-z0-9_]+)*/uy,
  integer: /\d+/uy,
  // An address or a range, IPv4 or IPv6, in a set.
  address: /(?:[0-9a-fA-F]{0,4}:[0-9a-fA-F:.]*|\d+\.\d+\.\d+\.\d+)(?:\/\d+)?/uy,
  // Two escapes, of the quote and of the backslash
  // (https://developers.cloudflare.com/ruleset-engine/rules-language/values/#quoted-string-syntax).
  string: /"(?:[^"\\]|\\["\\])*"/uy,
  symbol: /[(){}[\],*]/uy,
} as const;

/**
 * Splits an expression into tokens.
 * @throws ExpressionError outside the supported subset: C-like operators, regular expressions,
 * addresses.
 */
export function tokensOf(expression: string): readonly Token[] {
  if (expression.length > MAX_EXPRESSION_CHARACTERS)
    throw new ExpressionError(
      expression,
      MAX_EXPRESSION_CHARACTERS,
      `it goes on, for ${expression.length} characters; Cloudflare takes ${MAX_EXPRESSION_CHARACTERS}`,
    );
  const tokens: Token[] = [];
  let at = 0;
  const take = (kind: keyof typeof PATTERNS): string | undefined => {
    const pattern = PATTERNS[kind];
    pattern.lastIndex = at;
    const [text] = pattern.exec(expression) ?? [];
    return text;
  };
  while (at < expression.length) {
    const blank = take("blank");
    const address = take("address");
    const name = address === undefined ? take("name") : undefined;
    const integer = address === undefined ? take("integer") : undefined;
    const string = take("string");
    const symbol = take("symbol");
    if (name !== undefined) tokens.push({ kind: "name", text: name, at });
    else if (address !== undefined) tokens.push({ kind: "address", value: address, at });
    else if (integer !== undefined) tokens.push({ kind: "integer", value: Number(integer), at });
    else if (string !== undefined)
      tokens.push({ kind: "string", value: string.slice(1, -1).replaceAll(/\\(.)/gu, "$1"), at });
    else if (symbol !== undefined) tokens.push({ kind: "symbol", text: symbol, at });
    else if (blank === undefined)
      throw new ExpressionError(
        expression,
        at,
        `stands ${JSON.stringify(expression.slice(at, at + 12))}`,
      );
    at += (blank ?? address ?? name ?? integer ?? string ?? symbol ?? "").length;
  }
  return [...tokens, { kind: "end", at }];
}

/** A text as a string literal of the language. */
export function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/gu, "\\$&")}"`;
}
