import { lineAt, type Known, type ReadFile, type Reading } from "./reading.ts";

/**
 * Reads an `.env` file as Docker Compose 2 reads `env_file`
 * (docs.docker.com/compose/how-tos/environment-variables/variable-interpolation, "`.env` file
 * syntax"; compose-spec/compose-go `dotenv/parser.go` of 2026-07). `docker run --env-file` and
 * `format: raw` take each line literally, so this reader does not apply to them.
 */

const SPACES = /^[ \t\v\f\r\u0085\u00A0]+/u;
const BLANK = /^\s+/u;
const ESCAPES: Readonly<Record<string, string>> = {
  a: "\u0007",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  '"': '"',
  "\\": "\\",
};
const OPERATOR =
  "uses ${…} with a default or a condition, which is not worked out here. Write the value itself";

/**
 * Returns all assignments of a file, in their order.
 * @throws Error with the line at which Compose refuses the file.
 */
export function readCompose(text: string): ReadFile {
  const whole = text.replace(/^\uFEFF/u, "");
  const known = new Map<string, Reading>();
  const readings: Reading[] = [];
  let rest = whole;
  for (;;) {
    rest = rest.replace(BLANK, "");
    if (rest === "") return { readings, ignored: [] };
    const line = lineAt(whole, whole.length - rest.length);
    if (rest.startsWith("#")) {
      rest = afterLine(rest);
      continue;
    }
    rest = rest.replace(/^export\s+/u, "");
    const head = /^(?<name>[\p{L}\p{N}_.\-[\] \t\v\f\r]*?)[ \t\v\f\r]*(?<end>[=:\n]|$)/u.exec(rest);
    const { name = "", end } = head?.groups ?? {};
    if (head === null || /\s/u.test(name)) throw new Error(refusal(line));
    rest = rest.slice(head[0].length);
    // A name without a value passes on the variable of Compose's own environment. The file has no
    // value for it.
    if (end !== "=" && end !== ":") continue;
    const taken = takeValue(rest.replace(SPACES, ""), line);
    rest = taken.rest;
    const reading = { name, line, ...interpolated(taken, known, line) };
    known.set(name, reading);
    readings.push(reading);
  }
}

interface Taken {
  readonly text: string;
  readonly quote: string;
  readonly rest: string;
}

function takeValue(text: string, line: number): Taken {
  const quote = text[0] ?? "";
  if (quote !== "'" && quote !== '"') {
    const [own = ""] = text.split("\n", 1);
    return { text: own.replace(/ #[^]*$/u, "").trimEnd(), quote: "", rest: afterLine(text) };
  }
  for (let at = 1; at < text.length; at += 1) {
    if (text[at] === "\\") at += 1;
    else if (text[at] === quote)
      return {
        // Only the escape of the quote itself means the same in all versions.
        text: text
          .slice(1, at)
          .replaceAll(/\\([^])/gu, (both: string, next: string) => (next === quote ? next : both)),
        quote,
        rest: text.slice(at + 1),
      };
  }
  throw new Error(refusal(line));
}

function interpolated(
  { text, quote }: Taken,
  known: Known,
  line: number,
): Pick<Reading, "value" | "unread" | "unset"> {
  if (quote === "'") return { value: text, unset: [] };
  const escaped =
    quote === '"'
      ? text.replaceAll(/\\(?:([abcfnrtv$"\\])|0(\d{0,3}))/gu, (both: string, one?: string) =>
          one === "$" ? "$$" : one === undefined ? octal(both) : (ESCAPES[one] ?? both),
        )
      : text;
  const unset: string[] = [];
  let unread: string | undefined;
  const value = escaped.replaceAll(
    /\$(?:(\$)|([_a-z][_a-z0-9]*)|\{([_a-z][_a-z0-9]*)\}|(\{))/giu,
    (
      whole: string,
      dollar: string | undefined,
      plain: string | undefined,
      braced: string | undefined,
    ) => {
      if (dollar !== undefined) return "$";
      const name = plain ?? braced;
      if (name === undefined) {
        unread = OPERATOR;
        return whole;
      }
      const found = known.get(name);
      if (found === undefined) unset.push(name);
      if (found?.unread !== undefined) unread = `holds ${name}, which ${found.unread}`;
      return found?.value ?? "";
    },
  );
  if (unread === OPERATOR && /\$\{(?![_a-z][_a-z0-9]*:?[-+?])/iu.test(escaped.replaceAll("$$", "")))
    throw new Error(refusal(line));
  return unread === undefined ? { value, unset } : { value: "", unread, unset };
}

function octal(text: string): string {
  const code = Number.parseInt(text.slice(2), 8);
  return text.length === 5 && code < 256 ? String.fromCharCode(code) : `\\${text.slice(2)}`;
}

function afterLine(text: string): string {
  const end = text.indexOf("\n");
  return end === -1 ? "" : text.slice(end + 1);
}

function refusal(line: number): string {
  return `line ${line} is no setting that Docker Compose reads, and it refuses the whole file. Correct that line, or read the file with --dialect rails.`;
}
