import type { Comment } from "./comments.ts";

/** Maximum width of a line in a comment or on a page, columns. */
const WIDTH = 100;

/** Maximum number of words in a sentence. */
const SENTENCE = 25;

/** Words that begin a clause which replaces the thing's name. */
const CLAUSES: ReadonlySet<string> = new Set([
  "what",
  "who",
  "whose",
  "whom",
  "whoever",
  "whatever",
  "where",
  "how",
  "which",
]);

/**
 * Words that only this project used, with the field's words for them. Each was in a comment that a
 * newcomer had to read twice.
 */
export const PRIVATE_WORDS: Readonly<Record<string, string>> = {
  whoever: "the operator, a member, a client",
  whatever: "any value, or the thing's name",
  whosoever: "the operator, a member, a client",
  unsaid: "unset",
  anew: "again",
  "left out": "unset, omitted",
  "says so": "is set to, specifies",
  "is told": "is notified; is reported",
  "are told": "are notified; are reported",
  "by itself": "automatically, by default, on its own",
  "by themselves": "automatically, by default, on their own",
  "for ever": "without limit, never",
  "goes on": "continues",
  "gone on": "continued",
  "way out": "remedy",
  "ways out": "remedies",
  "pure.": "nothing: `docs/architecture.md` says which layers have no side effects",
};

/** Whether a doc comment opens with a clause instead of the thing that it describes. */
export function opensWithClause({ isDoc, text }: Comment): boolean {
  return isDoc && CLAUSES.has(wordsOf(text)[0]?.toLowerCase() ?? "");
}

/** Returns the lines of a comment that are too wide. A line with an address can't be broken. */
export function wideLinesOf({ lines }: Comment): readonly string[] {
  return tooWide(lines);
}

/** Returns the sentences of a comment that have too many words. Code counts as one word. */
export function longSentencesOf({ text }: Comment): readonly string[] {
  return withoutCode(text)
    .split(/(?<=[.!?])\s+|\n\s*\n|\n\s*[-*] |\n\s*(?=@)/u)
    .filter((sentence) => wordsOf(sentence).length > SENTENCE);
}

/** Returns the private words in a comment. */
export function privateWordsOf({ text }: Comment): readonly string[] {
  const spaced = ` ${wordsOf(withoutCode(text)).join(" ").toLowerCase()} `;
  const endsInPure = /\bPure\.$/u.test(text.trim());
  return Object.keys(PRIVATE_WORDS).filter((word) =>
    word === "pure." ? endsInPure : spaced.includes(` ${word} `),
  );
}

/**
 * Returns the lines of a page that are too wide: no table, no code, no line with a command that
 * can't be broken.
 */
export function wideProseIn(page: string): readonly string[] {
  return tooWide(
    page
      .replaceAll(/^ *```[^]*?^ *```/gmu, "")
      .split("\n")
      .filter((line) => !/^\||^<!--|`[^`]{60,}`/u.test(line)),
  );
}

function tooWide(lines: readonly string[]): readonly string[] {
  return lines.filter((line) => line.length > WIDTH && !/https?:\/\/\S/u.test(line));
}

function withoutCode(text: string): string {
  return text.replaceAll(/`[^`]*`/gu, "code").replaceAll(/https?:\/\/\S*[^\s).,;:]/gu, "address");
}

function wordsOf(text: string): readonly string[] {
  return (
    text.match(/[\p{L}\p{N}][\p{L}\p{N}'’._/-]*/gu)?.map((word) => word.replace(/[.]+$/u, "")) ?? []
  );
}
