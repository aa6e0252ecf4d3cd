import type { Change } from "./change.ts";
import { diffLines, stepWords } from "./difference.ts";
import { curesText } from "../../domain/fault.ts";
import { imageRows } from "./image-rows.ts";
import { nounOf } from "./kinds.ts";
import { fenced, folded, inLine, quoted, table } from "./markdown.ts";
import { mermaidOf } from "./mermaid.ts";
import type { Report } from "./model.ts";
import { short } from "./text.ts";
import { findingWords, goneWords, policyWords, secretWords, standingTitle } from "./words.ts";
import { LEVELS, markerOf, REPORT_CHARACTERS, writeVerdict } from "./verdict.ts";

/** The report as a comment of a pull request, in GitHub's Markdown. */

/** A line that shows something may not have more characters, so that no value hides the rest. */
const LONG = 200;

/** Limits of one attempt to make a comment short enough. */
interface Room {
  /** Longest line of the list of steps and of the raw diff. */
  readonly line: number;
  readonly steps: boolean;
  /** Characters of the raw diff. */
  readonly diff: number;
  /** Longest cell of a table, longest sentence. */
  readonly cell: number;
  /** Rows of a table, items of a list. */
  readonly rows: number;
}

/** Attempts in order: without the raw diff, long values, the list of steps, then all tails. */
const ROOMS: readonly Room[] = [
  { line: 2_000, steps: true, diff: 40_000, cell: 1_000, rows: 60 },
  { line: 2_000, steps: true, diff: 0, cell: 1_000, rows: 60 },
  { line: LONG, steps: true, diff: 0, cell: 1_000, rows: 60 },
  { line: LONG, steps: false, diff: 0, cell: 1_000, rows: 60 },
  { line: LONG, steps: false, diff: 0, cell: 300, rows: 25 },
  { line: LONG, steps: false, diff: 0, cell: 100, rows: 12 },
];

/** The comment, at most {@link REPORT_CHARACTERS} long. */
export function commentOf(report: Report): string {
  for (const room of ROOMS) {
    const text = textOf(report, room);
    if (text.length <= REPORT_CHARACTERS) return text;
  }
  throw new Error(
    `The shortest report of ${report.stack} is longer than ${REPORT_CHARACTERS} characters: a list of it has no limit in ops/report/comment.ts.`,
  );
}

function textOf(report: Report, room: Room): string {
  const { stack, head, base, level, headline, stepsHash } = report;
  const diff = rawDiff(report, room);
  const leftOut = [
    ...(diff.complete ? [] : ["the raw diff"]),
    ...(room.line > LONG ? [] : ["long values"]),
    ...(room.steps ? [] : ["the list of steps"]),
    ...(room.cell >= 1_000 ? [] : ["the ends of long lists"]),
  ];
  return [
    markerOf(stack),
    writeVerdict({
      ...(head === undefined ? {} : { head }),
      ...(base === undefined ? {} : { base }),
      level,
      steps: stepsHash,
    }),
    `## ${LEVELS[level].sign} ${short(headline, 300)}`,
    ...(leftOut.length === 0
      ? []
      : [
          "",
          `_Left out here, because a comment has a limit: ${leftOut.join(", ")}. The run's summary has it._`,
        ]),
    ...parts(report, room),
    ...(room.steps ? stepsPart(report, room) : []),
    ...diff.lines,
    "",
    footer(report),
  ].join("\n");
}

function parts(report: Report, { cell, rows }: Room): readonly string[] {
  const { summary, notices, refused, wayBack, level, warnings, standing } = report;
  const [first, ...rest] = summary;
  const shown = (text: string): string => short(inLine(text), cell);
  const warned = (texts: readonly string[]): readonly string[] =>
    texts.slice(0, rows).map((text) => `- ⚠️ ${shown(text)}`);
  return [
    ...(first === undefined ? [] : ["", `**${shown(first)}** ${rest.map(shown).join(" ")}`.trim()]),
    ...(refused === undefined ? [] : refusedPart(report, cell, rows)),
    ...table(
      ["members notice", "how long"],
      notices.map(({ what, howLong }) => [what, howLong]),
      cell,
      rows,
    ),
    ...table(
      ["", "now", "after", ""],
      report.rows.map(({ what, now = "", after = "", note = "", changed }) => [
        what,
        now,
        changed && after !== "" ? { strong: after } : after,
        note,
      ]),
      cell,
      rows,
    ),
    ...table(
      ["images", ""],
      imageRows(report.images).map(({ what, answer, links = [] }) => [
        what,
        { links, text: answer },
      ]),
      cell,
      rows,
    ),
    ...mermaidOf(report.order),
    ...goneWords(report)
      .slice(0, rows)
      .flatMap((words) => ["", shown(words)]),
    ...(level === 5
      ? []
      : [
          "",
          shown(
            `Way back: ${wayBack}. ${secretWords(report.secrets)} ${policyWords(report.findings)}`,
          ),
        ]),
    ...(report.findings.length === 0 ? [] : [""]),
    ...report.findings.slice(0, rows).map((finding) => `- ${shown(findingWords(finding))}`),
    ...(warnings.length === 0 ? [] : ["", ...warned(warnings)]),
    ...(standing.length === 0 ? [] : folded(standingTitle(standing), warned(standing))),
  ];
}

function refusedPart({ refused }: Report, cell: number, rows: number): readonly string[] {
  if (refused === undefined) return [];
  const { faults, words, dies } = refused;
  const said = faults.map(({ message }) => message);
  return [
    ...said.slice(0, rows).flatMap((message) => ["", quoted(short(message, cell))]),
    ...table(
      ["way out"],
      faults.flatMap(({ key, cures }) => cures.map((cure) => [curesText([cure], { key })])),
      cell,
      rows,
    ),
    ...(dies.length === 0 ? [] : ["", short(`Would have been deleted: ${dies.join(", ")}.`, cell)]),
    ...(words.length === 0
      ? []
      : folded(
          "The engine's own words",
          [
            fenced(
              words
                .slice(0, rows)
                .map((each) => short(each, 4 * cell))
                .join("\n\n"),
            ),
          ],
          said.length === 0,
        )),
  ];
}

function stepsPart({ changes, counts }: Report, { line }: Room): readonly string[] {
  if (changes.length === 0) return [];
  const said = [...new Set(changes.map(({ kind }) => kind))].map(
    (kind) => `${changes.filter((change) => change.kind === kind).length} ${kind}`,
  );
  const same = counts["same"] ?? 0;
  return folded(
    `What the engine will do: ${[...said, ...(same === 0 ? [] : [`${same} unchanged`])].join(", ")}`,
    changes.map((change, at) =>
      short(
        `${at + 1}. ${change.kind === "delete" ? "− " : ""}\`${change.name}\`${inBrackets(change)} ${inLine(stepWords(change))}`,
        line,
      ),
    ),
  );
}

/** The raw diff, cut at a line. */
function rawDiff(
  { changes }: Report,
  { line, diff }: Room,
): { readonly lines: readonly string[]; readonly complete: boolean } {
  const all = changes.flatMap((change) => diffLines(change)).map((each) => short(each, line));
  if (all.length === 0) return { lines: [], complete: true };
  let used = 0;
  const shown = all.filter((each) => (used += each.length + 1) <= diff);
  const complete = shown.length === all.length;
  if (shown.length === 0) return { lines: [], complete };
  const size = Math.max(1, Math.round(shown.join("\n").length / 1_000));
  return {
    lines: folded(`Raw diff (${size} KB${complete ? "" : ", its beginning"})`, [
      fenced(shown.join("\n"), "diff"),
    ]),
    complete,
  };
}

function footer({ head, base, at, runUrl }: Report): string {
  const of = [
    head === undefined ? "Preview" : `Preview of \`${short(head, 12)}\``,
    base === undefined ? "" : ` on \`main\` at \`${short(base, 12)}\``,
  ].join("");
  return `<sub>${[
    `${of} · ${at.toISOString().slice(0, 16).replace("T", " ")} UTC`,
    ...(runUrl === undefined ? [] : [`[run](${runUrl})`]),
    "this comment is edited in place",
  ].join(" · ")}</sub>`;
}

/** ` (the pool, 🔒 protected)`. A noun that has the name in it would say it twice. */
function inBrackets(change: Change): string {
  const noun = nounOf(change);
  const words = [
    ...(noun.includes(change.name) ? [] : [inLine(noun)]),
    ...(change.protect ? ["🔒 protected"] : []),
  ];
  return words.length === 0 ? "" : ` (${words.join(", ")})`;
}
