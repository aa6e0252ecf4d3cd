import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { holds, textOf, type Fields } from "../../edge/expressions/evaluate.ts";
import type { Condition } from "../../edge/expressions/language.ts";
import { parseCondition, parseValue } from "../../edge/expressions/parse.ts";
import { printed } from "../../edge/expressions/print.ts";
import { quoted } from "../../edge/expressions/tokens.ts";

const fields: Fields = {
  "http.host": "example.social",
  "http.request.uri.path": "/packs/a.js",
  "http.request.method": "GET",
  "http.request.headers": { accept: ["text/html", "application/activity+json"], cookie: [""] },
  "http.response.code": 200,
  "ip.src": "203.0.113.7",
};
const says = (expression: string): boolean => holds(parseCondition(expression, "response"), fields);
const YES = 'http.request.method eq "GET"';
const NO = 'http.request.method eq "POST"';

describe("a rule's condition means what it means at Cloudflare", () => {
  test.each([
    ['http.host eq "example.social"', true],
    ['http.host eq "Example.social"', false],
    ['http.host ne "example.social"', false],
    ['http.host in {"a.example" "example.social"}', true],
    ['http.host in {"a.example"}', false],
    ['http.request.uri.path contains "/pack"', true],
    ['starts_with(http.request.uri.path, "/packs/")', true],
    ['starts_with(http.request.uri.path, "packs/")', false],
    ['ends_with(http.request.uri.path, ".css")', false],
    ["http.response.code in {200 206}", true],
    ["http.response.code eq 404", false],
    ["ip.src in {192.0.2.0/24 203.0.113.7}", true],
    ["ip.src in {203.0.113.0/29 2001:db8::/32}", true],
    ["ip.src in {203.0.113.8/29}", false],
    ["ip.src in {2001:db8::/32}", false],
    ['any(http.request.headers["accept"][*] contains "activity")', true],
    ['any(http.request.headers["accept"][*] eq "text/plain")', false],
    ['any(http.request.headers["cookie"][*] ne "")', false],
    // A missing value compares as false in every comparison.
    ['any(http.request.headers["signature"][*] ne "")', false],
    ['any(http.request.headers["signature"][*] eq "")', false],
    ['any(http.request.headers["signature"][*] ne "x")', false],
    ['not (any(http.request.headers["signature"][*] ne ""))', true],
    ['any(http.request.headers["constructor"][*] ne "")', false],
    // `not` before `and`, `and` before `or`.
    [`not ${NO} and ${YES}`, true],
    [`not ${YES} and ${NO}`, false],
    [`not (${YES} and ${NO})`, true],
    [`${YES} or ${YES} and ${NO}`, true],
    [`(${YES} or ${YES}) and ${NO}`, false],
  ])("%s: %s", (expression, value) => {
    expect(says(expression)).toBe(value);
  });

  test("a redirect's target is put together", () => {
    const target = parseValue('concat("https://other.example", http.request.uri.path)');
    expect(textOf(target, fields)).toBe("https://other.example/packs/a.js");
  });
});

describe("what cdn/ does not write is refused, with the place", () => {
  test.each([
    ['http.host == "a"', "character 11"],
    ['http.host eq "a" && not (http.host eq "b")', "character 18"],
    ['http.host eq "a" xor http.host eq "b"', "character 18 something follows the end"],
    ['http.host matches "^a"', "character 11 a comparison is missing after a value of type string"],
    ['http.host wildcard "a*"', "character 11 a comparison is missing"],
    ['http.host eq r"a"', "character 14 a literal of type string is missing"],
    ['http.host eq "a', "character 14"],
    ['http.host eq "a\\n"', "character 14"],
    ["ip.src eq 192.0.2.1", "eq is not for type address"],
    ["ip.src in {192.0.2.0/33}", "an address or a range is wrong"],
    ["ip.src in {300.0.2.0}", "an address or a range is wrong"],
    ["ip.src in $blocked", "character 11"],
    ["cf.bot_management.score eq 30", "cf.bot_management.score is no field"],
    ["ssl", "character 1 ssl is no field or function of the subset"],
    ['lower(http.host) eq "a"', "lower is no field or function of the subset"],
    ['any(lower(http.request.headers["a"][*])[*] eq "b")', "lower is no field"],
    ['http.request.method eq "GET" http.host eq "a"', "something follows the end"],
    ['(http.host eq "a"', ") is missing"],
    ["http.host", "a comparison is missing after a value of type string"],
    ["http.host in {}", "a set is empty"],
    ["http.host eq 1", "a literal of type string is missing"],
    ['http.response.code contains "2"', "contains is not for type integer"],
    ['any(http.request.headers["Accept"][*] eq "a")', "must be in small letters"],
    ['http.request.headers["accept"][0] eq "a"', "* is missing"],
    ['http.request.headers["accept"][*] eq "a"', "[*] stands outside any()"],
    ['any(http.host eq "a")', "any() takes what has [*]"],
    ["starts_with(http.host)", "starts_with() takes more values"],
    ["starts_with(http.host, 1)", "does not take a value of type integer here"],
    ["", "a field or a function is missing"],
    ["not", "a field or a function is missing"],
  ])("%s", (expression, words) => {
    expect(() => parseCondition(expression, "response")).toThrow(words);
  });

  test("one that is longer than Cloudflare takes", () => {
    const long = `http.host eq "${"a".repeat(4100)}"`;
    expect(() => parseCondition(long)).toThrow("for 4115 characters; Cloudflare takes 4096");
  });

  test("a question about the response, before there is one", () => {
    expect(() => parseCondition("http.response.code eq 200", "request")).toThrow(
      "http.response.code is known only with the response",
    );
  });

  test("a value that is no string, where one is made", () => {
    expect(() => parseValue("http.response.code", "response")).toThrow("of type integer");
  });
});

const text = fc.string({ maxLength: 8 });
const host = { kind: "field", name: "http.host" } as const;
const accept = { kind: "each", of: "http.request.headers", key: "accept" } as const;
const simple: fc.Arbitrary<Condition> = fc.oneof(
  fc
    .tuple(fc.constantFrom("eq", "ne", "contains"), text)
    .map(([operator, right]): Condition => ({ kind: "comparison", operator, left: host, right })),
  fc.array(text, { minLength: 1, maxLength: 3 }).map((values): Condition => {
    return { kind: "any", term: { kind: "in", left: accept, values } };
  }),
  text.map((value): Condition => {
    const args = [host, { kind: "literal", value } as const];
    return { kind: "test", of: { kind: "call", name: "starts_with", args } };
  }),
  fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { minLength: 1, maxLength: 3 }).map((ranges) => {
    return { kind: "within", left: { kind: "field", name: "ip.src" }, ranges } as const;
  }),
);
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthIdentifier: "condition" },
    simple,
    tie("condition").map((term): Condition => ({ kind: "not", term })),
    fc
      .record({
        operator: fc.constantFrom("and" as const, "or" as const),
        terms: fc.array(tie("condition"), { minLength: 2, maxLength: 3 }),
      })
      .map((parts): Condition => ({ kind: "logical", ...parts })),
  ),
}));

describe("for any condition", () => {
  test("its text reads back as itself", () => {
    fc.assert(
      fc.property(condition, (tree) => {
        expect(parseCondition(printed(tree))).toEqual(tree);
      }),
    );
  });

  test("its opposite is its opposite, and and, or are Boolean algebra's", () => {
    fc.assert(
      fc.property(condition, condition, (a, b) => {
        const [x, y] = [holds(a, fields), holds(b, fields)];
        const both = (operator: string): string => `(${printed(a)}) ${operator} (${printed(b)})`;
        expect(says(`not (${printed(a)})`)).toBe(!x);
        expect(says(both("and"))).toBe(x && y);
        expect(says(both("or"))).toBe(x || y);
      }),
    );
  });

  test("without parentheses not binds before and, and before or", () => {
    const word = fc.constantFrom(YES, NO, `not ${YES}`, `not ${NO}`);
    const more = fc.array(fc.tuple(fc.constantFrom("and", "or"), word), { maxLength: 6 });
    fc.assert(
      fc.property(word, more, (first, others) => {
        const flat = [first, ...others.flat()].join(" ");
        const bit = (one: string): boolean => one === YES || one === `not ${NO}`;
        const expected = flat.split(" or ").some((or) => or.split(" and ").every(bit));
        expect(says(flat)).toBe(expected);
      }),
    );
  });
});

test("any text survives being quoted", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (value) => {
      const operand = parseValue(`concat(${quoted(value)}, "")`);
      expect(textOf(operand, {})).toBe(value);
    }),
  );
});

test("nonsense is refused as such, never with another error", () => {
  const piece = fc.constantFrom(
    ...["http.host", "eq", "and", "not", "(", ")", "[", "]", "*", "{", "}", ",", '"a"', "7", "any"],
    ...["starts_with", "ip.src", "in", "::1", "1.2.3.4", "http.request.headers"],
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
      try {
        holds(parseCondition(pieces.join(" ")), fields);
      } catch (error) {
        expect((error as Error).name).toBe("ExpressionError");
      }
    }),
    { numRuns: 500 },
  );
});
