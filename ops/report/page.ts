import { cureText } from "../../domain/fault.ts";
import { inDollars } from "../../domain/cost.ts";
import { linesOf } from "../../pages/checks.ts";
import { documentOf, type Figure, type Section } from "../../pages/document.ts";
import { ganttOf } from "../../pages/gantt.ts";
import { markup, type Markup } from "../../pages/markup.ts";
import { tableOf } from "../../pages/table.ts";
import { diffLines, stepWords } from "./difference.ts";
import { LEVELS } from "./verdict.ts";
import { imageRows } from "./image-rows.ts";
import { nounOf } from "./kinds.ts";
import type { Report } from "./model.ts";
import { aboutWords } from "./order.ts";
import { findingWords, goneWords, policyWords, secretWords, standingTitle } from "./words.ts";

/** The whole report as one self-contained HTML page: it contains everything. */
export function pageOf(report: Report): string {
  const { stack, level, headline, summary, head, base, at } = report;
  const { sign, word } = LEVELS[level];
  return documentOf({
    title: `${word}: preview of ${stack}`,
    kicker: `Preview of the stack ${stack}${head === undefined ? "" : `, commit ${head}`}${base === undefined ? "" : ` on main at ${base}`}`,
    sentence: [
      `${sign} `,
      { strong: headline },
      summary.length === 0 ? "" : `. ${summary.join(" ")}`,
    ],
    figures: figuresOf(report),
    note:
      report.warnings.length === 0
        ? undefined
        : { title: "Warnings", tone: "warn", lines: report.warnings },
    sections: sectionsOf(report),
    footer: `Made at ${at.toISOString().slice(0, 16).replace("T", " ")} UTC. Durations are assumed.`,
  });
}

function figuresOf({ level, money, order, changes, counts }: Report): readonly Figure[] {
  if (level === 5) return [];
  return [
    ...(money === undefined
      ? []
      : [
          {
            label: "cost a month",
            value: inDollars(money.after),
            besides:
              money.now === undefined || money.now === money.after
                ? `ceiling ${inDollars(money.afterAtCeiling)}`
                : `now ${inDollars(money.now)}`,
          },
        ]),
    { label: "takes", value: aboutWords(order.totalSeconds).toLowerCase(), besides: "assumed" },
    {
      label: "changed",
      value: String(changes.length),
      besides: `${counts["same"] ?? 0} resources stay`,
    },
  ];
}

function sectionsOf(report: Report): readonly Section[] {
  const { notices, rows, images, order, changes } = report;
  return [
    ...refusedSections(report),
    ...section(notices, "Members notice", "What members see of it, and for how long.", () =>
      tableOf({
        caption: "What members notice",
        columns: [{ title: "what" }, { title: "how long" }],
        rows: notices.map(({ what, howLong }) => [what, howLong]),
      }),
    ),
    ...section(
      rows,
      "Now and after",
      "Settings that change, and limits that change or are full.",
      () =>
        tableOf({
          caption: "Now and after",
          columns: [{ title: "" }, { title: "now" }, { title: "after" }, { title: "" }],
          rows: rows.map(({ what, now = "", after = "", note = "", changed }) => [
            what,
            now,
            changed ? markup`<strong>${after}</strong>` : after,
            note,
          ]),
        }),
    ),
    ...section(
      imageRows(images),
      "Images",
      "New images, and what to read before a merge.",
      (list) =>
        tableOf({
          caption: "Images",
          columns: [{ title: "what" }, { title: "" }],
          rows: list.map(({ what, answer, links = [] }) => [
            what,
            [answer, ...links.map(({ text, url }) => `${text}: ${url}`)]
              .filter((text) => text !== "")
              .join("; "),
          ]),
        }),
    ),
    ...section(
      order.tasks,
      "Order",
      "When each longer step happens. All durations are assumed.",
      () =>
        ganttOf({
          totalSeconds: order.totalSeconds,
          rows: order.tasks.map(({ id, label, startsAt, endsAt }) => ({
            label,
            startsAt,
            endsAt,
            critical: order.criticalPath.some((each) => each.id === id),
          })),
          legend: { critical: "decides how long it takes", other: "has time to spare" },
        }),
    ),
    {
      title: "What is lost, and the way back",
      intro: `Way back: ${report.wayBack}.`,
      body: linesOf([
        ...goneWords(report),
        secretWords(report.secrets),
        policyWords(report.findings),
        ...report.findings.map(findingWords),
      ]),
    },
    ...section(
      report.standing,
      standingTitle(report.standing),
      "The configuration before had them, too.",
      linesOf,
    ),
    ...section(changes, "Steps", "What the engine does, in its order.", () => stepsOf(report)),
  ];
}

function refusedSections({ refused }: Report): readonly Section[] {
  if (refused === undefined) return [];
  const { faults, dies, words } = refused;
  return [
    {
      title: "Why",
      intro:
        dies.length === 0
          ? "Nothing would be deployed."
          : `Nothing would be deployed. Would have been deleted: ${dies.join(", ")}.`,
      body: markup`${linesOf(faults.length > 0 ? faults.map(({ message }) => message) : words)}`,
    },
    ...section(
      faults.flatMap(({ key, cures }) => cures.map((cure) => cureText(cure, { key }))),
      "Ways out",
      "Each of these is accepted.",
      linesOf,
    ),
  ];
}

function section<Item>(
  items: readonly Item[],
  title: string,
  intro: string,
  body: (items: readonly Item[]) => Markup,
): readonly Section[] {
  return items.length === 0 ? [] : [{ title, intro, body: body(items) }];
}

function stepsOf({ changes }: Report): Markup {
  const steps = changes.map((change) => `${nounOf(change)}: ${stepWords(change)}`);
  const diff = changes.flatMap(diffLines).map((line) => markup`<li><code>${line}</code></li>`);
  return markup`<details><summary>${changes.length} steps</summary><div class="inner">${linesOf(steps)}</div></details>
<details><summary>Raw diff</summary><div class="inner"><ul>${diff}</ul></div></details>`;
}
