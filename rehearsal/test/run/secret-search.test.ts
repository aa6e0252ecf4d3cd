import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { findSecrets } from "../../checks/secret-search.ts";

const SECRET = { name: "SECRET_KEY_BASE", value: 'k"9-/ä+long enough' };
const forms: readonly [string, string][] = [
  ["as it is", SECRET.value],
  ["in JSON", JSON.stringify({ a: SECRET.value })],
  ["in a URL", `https://host/?k=${encodeURIComponent(SECRET.value)}`],
  ["in base64", Buffer.from(SECRET.value).toString("base64")],
  ["in base64 of a longer text", Buffer.from(`${SECRET.value} and more`).toString("base64")],
  ["in base64, at an odd offset", Buffer.from(`a: ${SECRET.value} and more`).toString("base64")],
  ["in hex", Buffer.from(SECRET.value).toString("hex")],
];

describe("a leaked secret is found in whatever form it leaks", () => {
  test.each(forms)("%s", (_name, text) => {
    expect(
      findSecrets([SECRET], [{ name: "the state file", text: `{"x":"${text}","y":1}` }]),
    ).toEqual(["SECRET_KEY_BASE in the state file"]);
  });

  test("any value, anywhere", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 8 }), fc.string(), fc.string(), (value, before, after) => {
        const found = findSecrets(
          [{ name: "S", value }],
          [{ name: "place", text: before + value + after }],
        );
        expect(found).toEqual(["S in place"]);
      }),
    );
  });
});

test("a clean text is not accused", () => {
  expect(findSecrets([SECRET], [{ name: "log", text: "nothing here" }])).toEqual([]);
});

describe("a search that could not fail is refused", () => {
  test("no secrets", () => {
    expect(() => findSecrets([], [{ name: "log", text: "x" }])).toThrow(/nothing to look for/u);
  });
  test("an empty place", () => {
    expect(() => findSecrets([SECRET], [{ name: "log", text: "" }])).toThrow("an empty log");
  });
  test("a secret so short that it occurs by chance", () => {
    expect(() =>
      findSecrets([{ name: "PIN", value: "1234" }], [{ name: "log", text: "x" }]),
    ).toThrow("The secret PIN has 4 characters");
  });
});
