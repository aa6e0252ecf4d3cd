import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readCompose } from "../../ops/env/dialects/compose.ts";
import { readRails } from "../../ops/env/dialects/rails.ts";
import type { ReadFile } from "../../ops/env/dialects/reading.ts";
import { readFile } from "../../ops/env/read.ts";

/**
 * Values that a dialect reads from a text: by name, the last one counts; `undefined` if it is
 * unread.
 */
function valuesBy(read: (text: string) => ReadFile, text: string): Record<string, unknown> {
  return Object.fromEntries(
    read(text).readings.map(({ name, value, unread }) => [
      name,
      unread === undefined ? value : null,
    ]),
  );
}

describe("an old server's file is read as the old server reads it: a secret that is off by one character is encrypted and unseen", () => {
  // The gem's own cases (bkeepers/dotenv v3.2.0, spec/dotenv/parser_spec.rb), and the lines that
  // npm's `dotenv` reads differently.
  test.each<[text: string, values: Record<string, string | null>]>([
    ["FOO=bar", { FOO: "bar" }],
    ["FOO= bar", { FOO: "bar" }],
    ["FOO=bar\\ bar", { FOO: "bar bar" }],
    ["  FOO =bar  ", { FOO: "bar" }],
    ['FOO="bar"  ', { FOO: "bar" }],
    ["FOO='bar'  ", { FOO: "bar" }],
    ['FOO="escaped\\"bar"', { FOO: 'escaped"bar' }],
    ["FOO=", { FOO: "" }],
    ["FOO", { FOO: "" }],
    ["FOO=test\nBAR=$FOO", { FOO: "test", BAR: "test" }],
    ["FOO=test\nBAR=${FOO}bar", { FOO: "test", BAR: "testbar" }],
    ['FOO=test\nBAR="quote $FOO"', { FOO: "test", BAR: "quote test" }],
    ["BAR=$FOO", { BAR: "" }],
    ["BAR='quote $FOO'", { BAR: "quote $FOO" }],
    ['FOO="foo\\$BAR"', { FOO: "foo$BAR" }],
    ['FOO="foo\\${BAR}"', { FOO: "foo${BAR}" }],
    ['FOO=test\nBAR="foo\\${FOO} ${FOO}"', { FOO: "test", BAR: "foo${FOO} test" }],
    ["OPTION_A: 1", { OPTION_A: "1" }],
    ["export OPTION_A=2\nexport OPTION_A", { OPTION_A: "2" }],
    ["OPTION_A=2\nexport OH_NO_NOT_SET", { OPTION_A: "2", OH_NO_NOT_SET: null }],
    ['FOO="bar\\nbaz"', { FOO: "bar\\nbaz" }],
    ['FOO="bar\\\\nbaz"', { FOO: "bar\\nbaz" }],
    [
      'DOTENV_LINEBREAK_MODE=legacy\nFOO="bar\\nbaz\\rfizz"',
      { DOTENV_LINEBREAK_MODE: "legacy", FOO: "bar\nbaz\rfizz" },
    ],
    ["FOO.BAR=foobar", { "FOO.BAR": "foobar" }],
    ["lol$wut", {}],
    ["\n \t  \nfoo=bar\n \nfizz=buzz", { foo: "bar", fizz: "buzz" }],
    ["foo=bar # this is foo", { foo: "bar" }],
    ['foo= "bar#baz" # comment', { foo: "bar#baz" }],
    ["# HELLO=world\n # HERE GOES FOO \nfoo=bar", { foo: "bar" }],
    [
      "A='line 1\nB=2\nis \\'quoted\\'\nline 3'\nC=x",
      { A: "line 1\nB=2\nis \\'quoted\\'\nline 3", C: "x" },
    ],
    ['A="line 1\nis \\"quoted\\"\nline 3"', { A: 'line 1\nis "quoted"\nline 3' }],
    ["FOO=bar\rbaz=fbb", { FOO: "bar", baz: "fbb" }],
    ["\uFEFFFOO=bar\r\nbaz=fbb\r\n", { FOO: "bar", baz: "fbb" }],
    ['FOO="bar\\$ \\$\\$"', { FOO: "bar$ $$" }],
    ['FOO="bar $ "', { FOO: "bar $ " }],
    ["echo=escaped-\\$(echo hello)", { echo: "escaped-$(echo hello)" }],
    // A command is never run, so its result is not known.
    ["echo=$(echo hello)", { echo: null }],
    ['A=1\necho=$(echo "$(echo $A)")\nB="x $echo"', { A: "1", echo: null, B: null }],
    ["A=$(not closed", { A: "$(not closed" }],
    // Measured on 2026-11-28 with the old reader: each was stored with another value.
    ['P="it\\\'s\\$5"', { P: "it's$5" }],
    [
      "LOCAL_DOMAIN=example.org\nWEB_DOMAIN=social.${LOCAL_DOMAIN}",
      { LOCAL_DOMAIN: "example.org", WEB_DOMAIN: "social.example.org" },
    ],
    ["P=abc\\$def", { P: "abc$def" }],
    ["P=AReallyGo0Dpas$word", { P: "AReallyGo0Dpas" }],
    ["P=p$$w", { P: "p$" }],
    ['P="tab\\tq\\\\x"', { P: "tabtq\\x" }],
    ["P=`back`", { P: "`back`" }],
    ['P=a\\"b', { P: 'a"b' }],
    ["P=abc#def", { P: "abc" }],
  ])("%j by Mastodon itself", (text, values) => {
    expect(valuesBy(readRails, text)).toEqual(values);
  });

  // docs.docker.com, "Env file syntax", and compose-go for cases that are not there.
  test.each<[text: string, values: Record<string, string | null>]>([
    ["VAR=VAL", { VAR: "VAL" }],
    ["VAR: VAL", { VAR: "VAL" }],
    ["VAR = VAL  ", { VAR: "VAL" }],
    ["VAR=VAL # comment", { VAR: "VAL" }],
    ["VAR=VAL# not a comment", { VAR: "VAL# not a comment" }],
    ['VAR="VAL # not a comment"', { VAR: "VAL # not a comment" }],
    ['VAR="VAL" # comment\nB=2', { VAR: "VAL", B: "2" }],
    ["VAR='$OTHER ${OTHER}'", { VAR: "$OTHER ${OTHER}" }],
    ["VAR='Let\\'s go!'", { VAR: "Let's go!" }],
    ['VAR="{\\"hello\\": \\"json\\"}"', { VAR: '{"hello": "json"}' }],
    ['VAR="some\\tvalue"', { VAR: "some\tvalue" }],
    ["VAR='some\\tvalue'", { VAR: "some\\tvalue" }],
    ["VAR=some\\tvalue", { VAR: "some\\tvalue" }],
    ["KEY='SOME\nVALUE'\nB=x", { KEY: "SOME\nVALUE", B: "x" }],
    ["A=x\nB=${A}y$A", { A: "x", B: "xyx" }],
    ["P=p$$w", { P: "p$w" }],
    ['P="p\\$w"', { P: "p$w" }],
    ["P=${A:-default}", { P: null }],
    ["\uFEFFexport A=1\r\nB=2\r\n", { A: "1", B: "2" }],
    ["INHERITED\nA=1", { A: "1" }],
  ])("%j by Docker Compose", (text, values) => {
    expect(valuesBy(readCompose, text)).toEqual(values);
  });

  test.each(['A="not closed', "A B=1", "A%=1"])(
    "%j: Compose refuses the file, and so do we, with the line",
    (text) => {
      expect(() => readCompose(`FIRST=1\n${text}`)).toThrow(
        /^line 2 is no setting that Docker Compose reads/u,
      );
    },
  );

  /**
   * Writes a value as `rake mastodon:setup` does (mastodon/mastodon v4.6.5
   * `lib/tasks/mastodon.rake`); undefined if it reports that it can't.
   */
  const written = (value: string): string | undefined => {
    // A backslash before the closing quote escapes it: the gem reads on. The old server reads such
    // a value wrong, too.
    if (value.endsWith("\\")) return undefined;
    if (!/[\s#\\"'$]/u.test(value)) return value;
    if (!value.includes("'")) return `'${value}'`;
    if (/\\[rn]/u.test(value) || /\$\(/u.test(value)) return undefined;
    const quoted = value.replaceAll(/[\\"']/gu, (one) => `\\${one}`);
    return `"${quoted.replaceAll("$", "\\$")}"`;
  };

  test("whatever value Mastodon's own set-up writes, it is imported to the letter", () => {
    const character = fc.constantFrom(..."aB1 '\"\\$#{}()`=:.@%&!nr~".split(""));
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: character, maxLength: 24 }), { maxLength: 6 }),
        (values) => {
          const kept = values.filter(
            (value) => value === value.trim() && written(value) !== undefined,
          );
          const text = kept.map((value, at) => `NAME_${at}=${written(value) ?? ""}`).join("\n");
          expect(valuesBy(readRails, text)).toEqual(
            Object.fromEntries(kept.map((value, at) => [`NAME_${at}`, value])),
          );
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test("lines that mean another thing to the other reader are named, with the flag, and never with a value", () => {
    const text = "A=plain\nSMTP_PASSWORD=\"it\\'s\\$5\"\nB=abc#def\nC='x'\n";
    const { notes } = readFile(text);
    expect(notes.map((note) => /^line (\d), (\w+)/u.exec(note)?.slice(1))).toEqual([
      ["2", "SMTP_PASSWORD"],
      ["3", "B"],
    ]);
    for (const note of notes) {
      expect(note).toContain("--dialect compose");
      expect(note).not.toMatch(/5|abc/u);
    }
    expect(readFile("A=1\nB='x y'\n").notes).toEqual([]);
    expect(readFile("P=first$second\n").notes).toEqual([
      expect.stringMatching(/^line 1, P: a \$name in it is set by no earlier line(?!.*second)/u),
    ]);
    expect(readFile("A=1\nwhat is this?\n").notes).toEqual([
      "line 2 is no setting, and nothing of it was read.",
    ]);
  });
});
