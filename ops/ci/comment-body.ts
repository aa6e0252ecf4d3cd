import { readMarks } from "../report/step-marks.ts";
import {
  LEVELS,
  markerOf,
  REPORT_CHARACTERS,
  readVerdict,
  writeVerdict,
  type Level,
  type Verdict,
} from "../report/verdict.ts";

/**
 * The text of the one comment about a stack in a pull request, and its parts. The report in it was
 * written by a job that ran the pull request's own code, so this file limits it: docs/operate.md,
 * "What is trusted".
 */

/** The verdict of a pull request's preview: both commits are known. */
export type PullVerdict = Verdict & Required<Pick<Verdict, "head" | "base">>;

/** Parts of a comment. */
export interface Parts {
  /** Missing as long as no preview has ended. */
  readonly verdict?: PullVerdict;
  /** Events since the report, Markdown; "" for none. */
  readonly notice: string;
  /** The report, Markdown; "" as long as there is none. */
  readonly report: string;
}

/** Longest notice, characters; the comment's limit stands at the report's. */
export const NOTICE_CHARACTERS = 5_000;

/** Line between notice and report. No text of a report can contain it: {@link neutral}. */
const BETWEEN = "<!-- report -->";

/** The whole comment. */
export function bodyOf(stack: string, { verdict, notice, report }: Parts): string {
  return [
    markerOf(stack),
    ...(verdict === undefined ? [] : [writeVerdict(verdict)]),
    ...(notice === "" ? [] : [notice, ""]),
    BETWEEN,
    report,
  ].join("\n");
}

/**
 * Reads a comment that {@link bodyOf} wrote. A verdict counts in the second line only. The first
 * line of the report must show the same level, because a reviewer has seen that line.
 */
export function partsOf(body: string): Parts {
  // GitHub stores what a person has edited with the other end of line.
  const lines = body.replaceAll("\r\n", "\n").split("\n");
  const at = lines.indexOf(BETWEEN);
  if (at < 0) return { notice: "", report: "" };
  const report = lines.slice(at + 1).join("\n");
  const verdict = verdictOf(lines[1] ?? "");
  const notice = lines.slice(verdict === undefined ? 1 : 2, at).join("\n");
  return {
    ...(verdict === undefined || levelOf(report) !== verdict.level ? {} : { verdict }),
    notice: notice.trim(),
    report,
  };
}

/** The level that the first line of a report shows; undefined if it shows none. */
export function levelOf(report: string): Level | undefined {
  const [first = ""] = report.split("\n");
  return ALL.find((each) => first.startsWith(`## ${LEVELS[each].sign} `));
}

const ALL: readonly Level[] = [0, 1, 2, 3, 4, 5];

function verdictOf(line: string): PullVerdict | undefined {
  const { head, base, level, steps, each } = readVerdict(line) ?? {};
  if (!isCommit(head) || !isCommit(base) || level === undefined || steps === undefined)
    return undefined;
  return { head, base, level, steps, ...eachOf(each) };
}

/** The marks of each change, if they have their form. */
export function eachOf(text = ""): Pick<Verdict, "each"> {
  return text === "" || readMarks(text) === undefined ? {} : { each: text };
}

const isCommit = (value: unknown): value is string =>
  typeof value === "string" && /^[0-9a-f]{40}$/u.test(value);

/** Characters that reverse or hide text, so that a reader sees another text than the one there. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A foreign text in a form that can't be mistaken for a line of ours. It has no HTML comment, so
 * neither a marker nor a verdict. It mentions nobody, and it is not longer than the limit.
 */
export function neutral(text: string, characters: number = REPORT_CHARACTERS): string {
  const plain = text
    .replaceAll("\r\n", "\n")
    .replace(/^(?:[ \t]*<!--.*-->[ \t]*\n)+/u, "")
    .replace(HIDDEN, "")
    .replaceAll("<!--", "&lt;!--")
    // GitHub notifies a name only after a character that is no part of a word.
    .replace(/(^|[^\w`/.-])@(?=\w)/gmu, "$1@\u200b")
    .trim();
  return plain.length <= characters ? plain : cut(plain, characters);
}

/** The beginning of a text, with its blocks closed, so that what follows is not read as theirs. */
function cut(text: string, characters: number): string {
  const kept = text.slice(0, characters - 500);
  const lines = kept.slice(0, Math.max(0, kept.lastIndexOf("\n")));
  let fence = "";
  for (const [, mark = ""] of lines.matchAll(/^\s*(`{3,}|~{3,})/gmu))
    if (fence === "") fence = mark;
    else if (mark.startsWith(fence)) fence = "";
  const open = count(lines, /<details/gu) - count(lines, /<\/details>/gu);
  return [
    lines,
    ...(fence === "" ? [] : [fence]),
    ...Array.from({ length: Math.min(20, Math.max(0, open)) }, () => "</details>"),
    "",
    `… the rest is left out: the text has ${text.length} characters, and ${characters} fit.`,
  ].join("\n");
}

const count = (text: string, what: RegExp): number => [...text.matchAll(what)].length;
