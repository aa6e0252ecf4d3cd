import { lineAt, type Known, type ReadFile, type Reading } from "./reading.ts";

/**
 * Reads an `.env` file as the Ruby gem `dotenv` 3.2.0 does, which Mastodon 4.6 loads its settings
 * with (mastodon/mastodon `Gemfile.lock`; bkeepers/dotenv `lib/dotenv/parser.rb` and
 * `lib/dotenv/substitutions/` at v3.2.0). npm's `dotenv` is another dialect: it stores `it\'s`
 * where the old server read `it's`, and a secret that is off by one character is encrypted and
 * unseen.
 *
 * One difference is on purpose: the gem runs `$(command)`. Here nothing is run; such a value is
 * unread.
 */

/** Ruby's `\s`; JavaScript's also takes Unicode's spaces. */
const SPACE = "[ \\t\\r\\n\\f\\v]";

/** One assignment. Lookarounds in the place of Ruby's `^` and `$`, which know `\n` alone. */
const LINE = new RegExp(
  `(?<![^\\n])${SPACE}*(?<export>export${SPACE}+)?(?<key>[A-Za-z0-9_.]+)` +
    `(?:(?:${SPACE}*=${SPACE}*?|:${SPACE}+?)` +
    `(?<value>${SPACE}*'(?:\\\\'|[^'])*'|${SPACE}*"(?:\\\\"|[^"])*"|[^#\\n]+)?)?` +
    `${SPACE}*(?:#[^\\n]*)?(?![^\\n])`,
  "gdu",
);

const QUOTED = /^(?<quote>['"])(?<inner>[^]*)\k<quote>$/u;
/** As Ruby's `strip`: also a NUL at either end. */
const AROUND = /^[\0 \t\r\n\f\v]+|[\0 \t\r\n\f\v]+$/gu;

const RUNS = "runs a command, $(…), and nothing of a file is run here. Set what it answers";

/** All assignments of a file, in their order. */
export function readRails(text: string): ReadFile {
  // Windows' line ends, and those of very old Macs; a byte order mark is no part of the first name.
  const lines = text.replace(/^\uFEFF/u, "").replaceAll(/\r\n?/gu, "\n");
  const known = new Map<string, Reading>();
  const readings: Reading[] = [];
  let rest = lines;
  for (const match of lines.matchAll(LINE)) {
    rest = blanked(rest, match);
    const { key = "", value } = match.groups ?? {};
    const line = lineAt(lines, match.indices?.groups?.["key"]?.[0] ?? match.index);
    if (match.groups?.["export"] !== undefined && value === undefined) {
      // `export NAME` alone says that an earlier line set it; the gem raises FormatError otherwise.
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

/** Only under a mode of before 3.0 does `\n` in double quotes become a line end. */
function withLineEnds(text: string, known: Known): string {
  return known.get("DOTENV_LINEBREAK_MODE")?.value === "legacy"
    ? text.replaceAll("\\n", "\n").replaceAll("\\r", "\r")
    : text.replaceAll("\\n", "\\\\n").replaceAll("\\r", "\\\\r");
}

/** `\$(…)` without its backslash; undefined where a command would be run. */
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

/** Index at which a bracket closes. Undefined if it does not close, or if nothing is in it. */
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

/** The text with a match taken out, its line ends kept, so that lines keep their numbers. */
function blanked(text: string, { index, 0: whole }: RegExpExecArray): string {
  return text.slice(0, index) + whole.replaceAll(/[^\n]/gu, " ") + text.slice(index + whole.length);
}

function linesWithText(text: string): readonly number[] {
  return text.split("\n").flatMap((line, at) => (/^\s*(?:#.*)?$/u.test(line) ? [] : [at + 1]));
}
