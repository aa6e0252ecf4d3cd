import { styleText } from "node:util";
import { cureText } from "../../domain/fault.ts";
import { formatDuration } from "../../pages/duration.ts";
import { stepWords } from "./difference.ts";
import { LEVELS } from "./verdict.ts";
import { imageRows } from "./image-rows.ts";
import { nounOf } from "./kinds.ts";
import type { Report } from "./model.ts";
import type { Level } from "./verdict.ts";
import { short } from "./text.ts";
import { findingWords, goneWords, policyWords, secretWords, standingTitle } from "./words.ts";

/** The report in a terminal. Without color it is plain text, for a pipe or a log. */

/** Options of the view. */
export interface TerminalOptions {
  readonly color: boolean;
}

type Style = Parameters<typeof styleText>[0];

const COLOURS: Readonly<Record<Level, Style>> = {
  0: "bold",
  1: ["bold", "green"],
  2: ["bold", "blue"],
  3: ["bold", "yellow"],
  4: ["bold", "red"],
  5: ["bold", "red"],
};

/** Longest line of the list of steps. */
const STEP_CHARACTERS = 160;
/** Widest column of the table; a longer value makes its own row wider. */
const COLUMN = 34;

/** The report's text, which ends with a newline. */
export function terminalOf(report: Report, { color }: TerminalOptions): string {
  const styled = (style: Style, text: string): string =>
    color ? styleText(style, text, { validateStream: false }) : text;
  const heading = (text: string): string => styled("bold", text);
  const { level, headline, summary, notices, rows, order, changes, counts, refused, standing } =
    report;
  const lines = [
    styled(COLOURS[level], `${LEVELS[level].sign} ${headline}`),
    ...block(summary),
    ...(refused === undefined
      ? []
      : [
          ...refused.faults.flatMap(({ key, message, cures }) => [
            "",
            message,
            ...cures.map((cure) => `  way out: ${cureText(cure, { key })}`),
          ]),
          ...(refused.dies.length === 0
            ? []
            : ["", `Would have been deleted: ${refused.dies.join(", ")}.`]),
          ...(refused.faults.length > 0 ? [] : refused.words.flatMap((each) => ["", each])),
        ]),
    ...titled(
      heading("Members notice"),
      notices.map(({ what, howLong }) => `  ${what}: ${howLong}`),
    ),
    ...titled(
      heading("Now → after"),
      rows.map(({ what, now = "", after = "", note = "", changed }) =>
        [
          `  ${what.padEnd(COLUMN)}`,
          now === "" || now === after
            ? after
            : `${now} → ${changed ? styled("bold", after || "none") : after}`,
          note === "" ? "" : `  ${styled("yellow", note)}`,
        ]
          .join(" ")
          .trimEnd(),
      ),
    ),
    ...titled(
      heading("Images"),
      imageRows(report.images).flatMap(({ what, answer, links = [] }) => [
        `  ${what}${answer === "" ? "" : `: ${answer}`}`,
        ...links.map(({ text, url }) => `    ${text}: ${url}`),
      ]),
    ),
    ...titled(
      heading("Order (durations are assumed)"),
      order.tasks.map(
        ({ label, startsAt, endsAt }) =>
          `  ${formatDuration(startsAt).padStart(7)} – ${formatDuration(endsAt).padEnd(7)} ${label}`,
      ),
    ),
    ...block(goneWords(report)),
    ...(level === 5
      ? []
      : block([
          `Way back: ${report.wayBack}.`,
          secretWords(report.secrets),
          policyWords(report.findings),
        ])),
    ...report.findings.map((finding) => `  ${findingWords(finding)}`),
    ...block(report.warnings.map((warning) => `⚠️ ${warning}`)),
    ...(standing.length === 0
      ? []
      : titled(
          heading(standingTitle(standing)),
          standing.map((warning) => short(`  ${warning}`, STEP_CHARACTERS)),
        )),
    ...titled(
      heading(`Steps, and ${counts["same"] ?? 0} resources that stay`),
      changes.map((change) => short(`  ${nounOf(change)}: ${stepWords(change)}`, STEP_CHARACTERS)),
    ),
  ];
  return `${lines.join("\n")}\n`;
}

function block(lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", ...lines];
}

function titled(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}
