import { lineAt, type Known, type ReadFile, type Reading } from "./reading.ts";

/**
 * Reads an `.env` file as the Ruby gem `dotenv` 3.2.0 does, with which Mastodon 4.6 loads its
 * settings. Sources: mastodon/mastodon `Gemfile.lock`; bkeepers/dotenv `lib/dotenv/parser.rb` and
 * `lib/dotenv/substitutions/` at v3.2.0.
 *
 * npm's `dotenv` is another dialect. It reads `it\'s` where the old server reads `it's`. A secret
 * with one wrong character would be encrypted, and nobody would see it.
 *
 * One difference is on purpose: the gem runs `$(command)`. This reader runs nothing and reports
 * such a value as unread.
 */

/** Ruby's `\s`. JavaScript's also matches Unicode's spaces. */
const SPACE = "[ \\t\\r\\n\\f\\v]";

/** One assignment. Lookarounds replace Ruby's `^` and `$`, which match only at `\n`. */
const LINE = new RegExp(
  `(?<![^\\n])${SPACE}*(?<export>export${SPACE}+)?(?<key>[A-Za-z0-9_.]+)` +
    `(?:(?:${SPACE}*=${SPACE}*?|:${SPACE}+?)` +
    `(?<value>${SPACE}*'(?:\\\\'|[^'])*'|${SPACE}*"(?:\\\\"|[^"])*"|[^#\\n]+)?)?` +
    `${SPACE}*(?:#[^\\n]*)?(?![^\\n])`,
  "gdu",
);

const QUOTED = /^(?<quote>['"])(?<inner>[^]*)\k<quote>$/u;
/** Trims like Ruby's `strip`: also a NUL at either end. */
const AROUND = /^[\0 \t\r\n\f\v]+|[\0 \t\r\n\f\v]+$/gu;

const RUNS = "runs a command, $(…), and nothing of a file is run here. Set what it answers";

/** Returns all assignments of a file, in their order. */
export function readRails(text: string): ReadFile {
  // Line ends of Windows and of very old Macs. A byte order mark is not part of the first name.
  const lines = text.replace(/^\uFEFF/u, "").replaceAll(/\r\n?/gu, "\n");
  const known = new Map<string, Reading>();
  const readings: Reading[] = [];
  let rest = lines;
  for (const match of lines.matchAll(LINE)) {
    rest = blanked(rest, match);
    const { key = "", value } = match.groups ?? {};
    const line = lineAt(lines, match.indices?.groups?.["key"]?.[0] ?? match.index);
    if (match.groups?.["export"] !== undefined && value === undefined) {
      // `export NAME` without a value requires that an earlier line sets it. Otherwise the gem
      // raises FormatError.
      if (known.has(key)) continue;
      const unread = "is exported before a line sets it, and there the old server stops";
      readings.push({ name: key, value: "", line, unset: [], unread });
      continue;
    }
    const reading = { name: key, line, ...valueOf(value ?? "", known) };
    known.set(key, reading);
    readings.push(reading);
  }
  return { readings, ignored: linesWithText(rest) };
}

function valueOf(raw: string, known: Known): Pick<Reading, "value" | "unread" | "unset"> {
  const stripped = raw.replaceAll(AROUND, "");
  const { quote, inner = stripped } = QUOTED.exec(stripped)?.groups ?? {};
  if (quote === "'") return { value: inner, unset: [] };
  const expanded = quote === '"' ? withLineEnds(inner, known) : inner;
  const commands = withoutEscapedCommands(expanded.replaceAll(/\\([^$])/gu, "$1"));
  return commands === undefined
    ? { value: "", unread: RUNS, unset: [] }
    : variables(commands, known);
}

/** `\n` in double quotes becomes a line end only in the mode of versions before 3.0. */
function withLineEnds(text: string, known: Known): string {
  return known.get("DOTENV_LINEBREAK_MODE")?.value === "legacy"
    ? text.replaceAll("\\n", "\n").replaceAll("\\r", "\r")
    : text.replaceAll("\\n", "\\\\n").replaceAll("\\r", "\\\\r");
}

/** Returns `\$(…)` without its backslash; undefined if the gem would run a command. */
function withoutEscapedCommands(text: string): string | undefined {
  let result = "";
  let from = 0;
  for (let at = text.indexOf("$("); at !== -1; at = text.indexOf("$(", Math.max(at + 1, from))) {
    const end = closing(text, at + 1);
    if (end === undefined) continue;
    if (text[at - 1] !== "\\") return undefined;
    result += text.slice(from, at - 1) + text.slice(at, end + 1);
    from = end + 1;
  }
  return result + text.slice(from);
}

/** Index at which a bracket closes. Undefined if it does not close or is empty. */
function closing(text: string, open: number): number | undefined {
  let at = open + 1;
  while (at < text.length) {
    if (text[at] === ")") return at === open + 1 ? undefined : at;
    const inner = text[at] === "(" ? closing(text, at) : at;
    if (inner === undefined) return undefined;
    at = inner + 1;
  }
  return undefined;
}

function variables(text: string, known: Known): Pick<Reading, "value" | "unread" | "unset"> {
  const unset: string[] = [];
  let unread: string | undefined;
  const value = text.replaceAll(
    /(?<escape>\\)?\$(?!\()\{?(?<name>[A-Z0-9_]+)?\}?/giu,
    (whole: string, escape: string | undefined, name: string | undefined) => {
      if (escape !== undefined) return whole.slice(1);
      if (name === undefined) return whole;
      const found = known.get(name);
      if (found === undefined) unset.push(name);
      if (found?.unread !== undefined) unread = `holds ${name}, which ${found.unread}`;
      return found?.value ?? "";
    },
  );
  return unread === undefined ? { value, unset } : { value: "", unread, unset };
}

/** Removes a match from the text and keeps its line ends, so that the line numbers stay. */
function blanked(text: string, { index, 0: whole }: RegExpExecArray): string {
  return text.slice(0, index) + whole.replaceAll(/[^\n]/gu, " ") + text.slice(index + whole.length);
}

function linesWithText(text: string): readonly number[] {
  return text.split("\n").flatMap((line, at) => (/^\s*(?:#.*)?$/u.test(line) ? [] : [at + 1]));
}
