import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { changedStackFile, encryptedIn, providerOf } from "../../ops/secrets/stack-file.ts";

const PROD = readFileSync(new URL("../../Pulumi.prod.yaml", import.meta.url), "utf8");

describe("a stack file", () => {
  test("keeps every character of the operator's: the diff of a pull request shows the new lines only", () => {
    const after = changedStackFile(PROD, {
      config: { "mastodon:one": { secure: "v1:abc" }, "mastodon:two": { a: "v1-0" } },
      top: { encryptionsalt: "v1:salt" },
    });
    expect(after).toBe(
      `${PROD}  mastodon:one:\n    secure: v1:abc\n  mastodon:two:\n    a: v1-0\nencryptionsalt: v1:salt\n`,
    );
  });

  test("has a value replaced where it stands, comments around it untouched", () => {
    const before =
      "# head\nconfig:\n  # about a\n  a:\n    secure: v1:old\n  # about b\n  b: { x: [1, 2] } # right\nencryptionsalt: v1:s # salt\n";
    expect(
      changedStackFile(before, {
        config: { a: { secure: "v1:new" }, c: "3" },
        top: { encryptionsalt: "v1:t" },
      }),
    ).toBe(
      '# head\nconfig:\n  # about a\n  a:\n    secure: v1:new\n  # about b\n  b: { x: [1, 2] } # right\n  c: "3"\nencryptionsalt: v1:t # salt\n',
    );
  });

  test.each([
    ["empty", "", "config:\n  a: v\n"],
    ["without config", "encryptionsalt: v1:s\n", "encryptionsalt: v1:s\nconfig:\n  a: v\n"],
    ["with an empty config", "config:\n", "config:\n  a: v\n"],
    ["with a config in braces", "# c\nconfig: {}\n", "# c\nconfig: { a: v }\n"],
    ["without an end of the last line", "config:\n  b: 1", "config:\n  b: 1\n  a: v\n"],
    ["indented by four", "config:\n    b: 1\n", "config:\n    b: 1\n    a: v\n"],
  ])("that is %s gets its value", (_kind, before, after) => {
    expect(changedStackFile(before, { config: { a: "v" }, top: {} })).toBe(after);
  });

  test("of any content says afterwards what it said before, and the change", () => {
    const leaf = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string()));
    const key = fc.stringMatching(/^[a-z]{1,8}$/u);
    fc.assert(
      fc.property(
        fc.dictionary(key, fc.oneof(leaf, fc.dictionary(key, leaf))),
        fc.dictionary(key, fc.string()),
        fc.constantFrom(JSON.stringify, toBlocks),
        (config, change, write) => {
          const before = write({ config, top: "kept" });
          const after = changedStackFile(before, { config: change, top: { encryptionsalt: "s" } });
          expect(parse(after)).toEqual({
            config: { ...config, ...change },
            top: "kept",
            encryptionsalt: "s",
          });
        },
      ),
      { numRuns: 200 },
    );
  });

  test("that is none is refused before anything is written", () => {
    expect(() => changedStackFile("a: b: c", { config: {}, top: {} })).toThrow(
      /^The stack file, line 1, can't be read; nothing was changed:/u,
    );
    expect(() => changedStackFile("- a\n", { config: {}, top: {} })).toThrow(
      "The stack file has no keys: it should have `config:` and what is below it.",
    );
  });

  test("says how it is encrypted, and what of it", () => {
    const text =
      "secretsprovider: awskms://x\nencryptedkey: abc\nconfig:\n  a:\n    secure: v1:x\n  b: plain\n";
    expect(providerOf(text)).toEqual({ secretsprovider: "awskms://x", encryptedkey: "abc" });
    expect([encryptedIn(text, "a"), encryptedIn(text, "b"), encryptedIn(text, "c")]).toEqual([
      "v1:x",
      undefined,
      undefined,
    ]);
  });
});

/** JSON as YAML in block style, one level deep; deeper levels stay JSON, which is valid YAML. */
function toBlocks(file: {
  readonly config: Readonly<Record<string, unknown>>;
  readonly top: string;
}): string {
  const lines = Object.entries(file.config).map(
    ([key, value]) =>
      `  # about ${key}\n  ${JSON.stringify(key)}: ${JSON.stringify(value)} # ${key}`,
  );
  return [
    "config:",
    ...(lines.length === 0 ? ["  {}"] : lines),
    "# below",
    `top: ${file.top}`,
    "",
  ].join("\n");
}
