import { isAlias, isMap, isScalar, LineCounter, parseDocument, visit, type Document } from "yaml";
import { keysAtAnyDepth } from "./known-keys.ts";

/**
 * Parses a stack file as YAML, or fails with a message that shows the line and the remedy. Every
 * reader of stack files in this project uses it; `pulumi` reads the file with its own parser.
 */

/** Top-level keys that Pulumi knows. It ignores all others silently (measured, CLI 3.259.0). */
const TOP = ["config", "environment", "encryptionsalt", "secretsprovider", "encryptedkey"];

/** Position of a fault, and its message. */
interface Spot {
  /** Line and column count from 1. */
  readonly line: number;
  readonly column: number;
  /** The fault and its remedy. */
  readonly says: string;
}

/**
 * @param file its name, as the operator knows it.
 * @throws Error naming the first fault with its line. It contains no part of a value that might be
 * a secret.
 */
export function documentOf(text: string, file: string): Document.Parsed {
  return parsed(text, file).document;
}

/** The same for a stack file, each of whose keys must be at the level where Pulumi looks for it. */
export function stackDocumentOf(text: string, file: string): Document.Parsed {
  const { document, lines } = parsed(text, file);
  const spot = misplacedIn(document, lines);
  if (spot !== undefined) throw new Error(sentence(spot, text, file));
  return document;
}

function parsed(
  text: string,
  file: string,
): { readonly document: Document.Parsed; readonly lines: LineCounter } {
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    prettyErrors: false,
    uniqueKeys: true,
    // YAML 1.1's octal numbers, as Pulumi reads them (measured, CLI 3.259.0): 0500 is 320.
    customTags: (tags) => [OCTAL, ...tags],
  });
  const spot = faultOf(document, lines, text);
  if (spot !== undefined) throw new Error(sentence(spot, text, file));
  return { document, lines };
}

const OCTAL = {
  tag: "tag:yaml.org,2002:int",
  default: true as const,
  test: /^[-+]?0[0-7]+$/u,
  resolve: (source: string): number => Number.parseInt(source, 8),
};

/**
 * First fault that the parser found. It is recognized by the parser's error codes, because no
 * contract covers the parser's wording.
 */
function faultOf(
  { errors, contents }: Document.Parsed,
  lines: LineCounter,
  text: string,
): Spot | undefined {
  const [first] = errors;
  if (first === undefined) return undefined;
  const [begin, end] = first.pos.map((at) => lines.linePos(at));
  const at = (says: string, { line, col } = begin!): Spot => ({ line, column: col, says });
  switch (first.code) {
    case "TAB_AS_INDENT":
      return at("This is a tab, and YAML indents with spaces. Replace it with spaces.");
    case "DUPLICATE_KEY": {
      const twins = linesOfTwins(contents, lines, first.pos[0]);
      return at(
        `${twins === undefined ? "This key is" : `The key ${twins.key} is on line ${twins.first} and again on line ${twins.second}, and would be`} read only once. Remove one of them.`,
      );
    }
    case "MISSING_CHAR":
      // The parser read to the end of the text in search of the end of a value.
      if (first.pos[0] >= text.trimEnd().length)
        return at("A quote is opened in this line and not closed. Close it.", openQuote(text));
      return at(MISSING_COLON);
    case "MULTILINE_IMPLICIT_KEY":
      return at(MISSING_COLON);
    case "BLOCK_AS_IMPLICIT_KEY": {
      // The parser took the line before for a multi-line text.
      const deeper = errors.find(({ code }) => code === "MULTILINE_IMPLICIT_KEY")?.pos[1];
      return deeper === undefined
        ? at("There is a second colon with a space in this line. Put the value in quotes.", end)
        : at(
            "This line is indented more than the one above it, which has a value already. Indent both alike.",
            { ...lines.linePos(deeper), col: 1 },
          );
    }
    case "BAD_INDENT":
      return at(
        "This line is not indented like the others at its level, or a bracket above it is not closed. Indent keys of one level alike, and close each bracket.",
      );
    case "BAD_SCALAR_START":
      return at("A value can't begin with this character. Put the value in quotes.");
    default:
      return at("From here on this is not YAML. Compare it with docs/stack.schema.json.");
  }
}

const MISSING_COLON =
  "A colon with a space after it is missing in this line. Write it as `key: value`.";

/** The last line with a quote that is not closed. */
function openQuote(text: string): { readonly line: number; readonly col: number } {
  const all = text.split("\n");
  const at = all.findLastIndex((line) => (line.match(/["']/gu) ?? []).length % 2 === 1);
  return { line: at + 1, col: (all[at] ?? "").search(/["']/u) + 1 };
}

function linesOfTwins(
  contents: unknown,
  lines: LineCounter,
  second: number,
): { readonly key: string; readonly first: number; readonly second: number } | undefined {
  let found: ReturnType<typeof linesOfTwins>;
  visit(contents as Parameters<typeof visit>[0], {
    Map: (_at, map) => {
      const twin = map.items.find(({ key }) => isScalar(key) && key.range?.[0] === second)?.key;
      if (!isScalar(twin)) return undefined;
      const one = map.items.find(({ key }) => isScalar(key) && key.value === twin.value)?.key;
      if (isScalar(one) && one.range && one !== twin)
        found = {
          key: String(twin.value),
          first: lines.linePos(one.range[0]).line,
          second: lines.linePos(second).line,
        };
      return visit.BREAK;
    },
  });
  return found;
}

/**
 * First part of the document that is YAML but that Pulumi does not read: keys at the wrong level,
 * which it ignores silently.
 */
function misplacedIn(document: Document.Parsed, lines: LineCounter): Spot | undefined {
  const { contents } = document;
  const at = (node: unknown, says: string): Spot => {
    const offset = isScalar(node) || isMap(node) ? (node.range?.[0] ?? 0) : 0;
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col), says };
  };
  if (contents === null || (isScalar(contents) && contents.value === null)) return undefined;
  if (!isMap(contents))
    return at(contents, "A stack file has `config:` on its first line and the settings below it.");
  for (const { key } of contents.items)
    if (!isScalar(key) || !TOP.includes(String(key.value)))
      return at(
        key,
        "This key is not below `config:`, and Pulumi would pass over it in silence. Indent it by two spaces and put it below `config:`.",
      );
  const config = contents.get("config");
  if (config === undefined || config === null) return undefined;
  if (!isMap(config))
    return at(config, "Below `config:` there are keys, each indented by two spaces.");
  const seen = new Map<string, number>();
  for (const { key } of config.items) {
    const name = isScalar(key) ? String(key.value) : "";
    const full = name.includes(":") ? name : `mastodon:${name}`;
    const { line } = at(key, "");
    const before = seen.get(full);
    // Pulumi uses the last one without a message.
    if (before !== undefined)
      return at(
        key,
        `The key ${full} is on line ${before} and again on line ${line}, once without its namespace. Remove one of them.`,
      );
    seen.set(full, line);
  }
  let alias: Spot | undefined;
  visit(document, {
    Alias: (_at, node) => {
      if (isAlias(node) && node.resolve(document) === undefined)
        alias ??= {
          ...at(node, ""),
          line: lines.linePos(node.range?.[0] ?? 0).line,
          column: lines.linePos(node.range?.[0] ?? 0).col,
          says: "A value that begins with * stands for another one, and there is none of that name. Put the value in quotes.",
        };
    },
  });
  return alias;
}

function sentence({ line, column, says }: Spot, text: string, file: string): string {
  const number = String(line);
  const { shown, hidden } = visible(text.split(/\r?\n/u)[line - 1] ?? "");
  const mark = " ".repeat(Math.min(column - 1, shown.length));
  return [
    `${file}, line ${line}, can't be read; nothing was changed:`,
    // A tab has the width that the terminal chooses, and the mark must be below the right column.
    `  ${number} | ${shown.replaceAll("\t", "→")}${hidden ? "…" : ""}`,
    `  ${" ".repeat(number.length)} | ${mark}^`,
    `  ${says}`,
  ].join("\n");
}

/** The part of a line that may be shown: the value of an unknown key may be a secret. */
function visible(line: string): { readonly shown: string; readonly hidden: boolean } {
  const [head = "", word = ""] = /^[\s-]*(?:mastodon:)?([\w-]*)/u.exec(line) ?? [];
  return word === "" || keysAtAnyDepth().has(word)
    ? { shown: line, hidden: false }
    : { shown: head, hidden: head.length < line.length };
}
