import { checksOf, linesOf } from "../../pages/checks.ts";
import { documentOf, type Page, type Section } from "../../pages/document.ts";
import { formatDuration } from "../../pages/duration.ts";
import { ganttOf } from "../../pages/gantt.ts";
import { tableOf } from "../../pages/table.ts";
import { labelOf, type Operation, type Step } from "../engine/operation.ts";
import type { PhaseResult } from "../phases.ts";
import type { RehearsalResult } from "../result.ts";
import { updatePart } from "./update-part.ts";

/** A drill's result as a page, with the same components as `npm run look`. */
export function drillPage(result: RehearsalResult): string {
  const { drill, startedAt, seconds, phases, checks, timeline } = result;
  const failed = checks.filter(({ passed }) => !passed);
  return documentOf({
    title: `${failed.length === 0 ? "✓" : "✗"} ${drill}`,
    kicker: `rehearsal · ${drill} · ${startedAt.slice(0, 16).replace("T", " ")} UTC`,
    sentence: sentenceOf(result, failed.length),
    figures: [
      { label: "passed", value: String(checks.length - failed.length), tone: "good" },
      {
        label: "failed",
        value: String(failed.length),
        tone: failed.length === 0 ? "good" : "bad",
      },
      { label: "took here", value: formatDuration(seconds), besides: longestOf(phases) },
      ...(timeline === undefined
        ? []
        : [
            {
              label: "on the real clouds",
              value: `${Math.round(timeline.totalSeconds / 60)} min`,
              besides: "its update, at best",
            },
          ]),
    ],
    note:
      failed.length === 0
        ? undefined
        : { title: "Failed", tone: "bad", lines: failed.map(({ name }) => name) },
    sections: sectionsOf(result),
    footer: "All of it, with every step of the engine, stands in result.json beside this page.",
  });
}

function sentenceOf({ drill, seconds, checks }: RehearsalResult, failed: number): Page["sentence"] {
  const verdict =
    failed === 0
      ? `all ${checks.length} checks passed`
      : `${failed} of ${checks.length} checks failed`;
  return [`Rehearsal, ${drill}: `, { strong: verdict }, `, in ${formatDuration(seconds)}.`];
}

function longestOf(phases: readonly PhaseResult[]): string {
  const [longest] = [...phases].sort((one, other) => other.seconds - one.seconds);
  return longest === undefined
    ? "no phase began"
    : `longest: ${longest.title}, ${formatDuration(longest.seconds)}`;
}

function sectionsOf(result: RehearsalResult): readonly Section[] {
  const { phases, checks, tables = [], operations, resources, timeline, notProven } = result;
  const failed = checks.filter((check) => !check.passed);
  const passed = checks.filter((check) => check.passed);
  return [
    ...(failed.length === 0
      ? []
      : [
          {
            title: "What failed",
            intro: "What is claimed, and what was seen instead.",
            body: checksOf(failed),
          },
        ]),
    {
      title: "Phases",
      intro: "One after the other, on this machine; where one fails, the drill ends.",
      body: ganttOf(chartOf(phases)),
    },
    ...(timeline === undefined
      ? []
      : [
          {
            title: "The update on the real clouds",
            intro:
              "The update that ran here, each step as long as the real clouds take for it. Inside the cluster the lengths are assumed.",
            body: updatePart(timeline),
          },
        ]),
    ...tables.map(({ title, intro, columns, rows }) => ({
      title,
      intro,
      body: tableOf({
        caption: title,
        columns: columns.map((column) => ({ title: column })),
        rows,
      }),
    })),
    {
      title: "What passed",
      intro: "What is claimed, and what was seen.",
      body: checksOf(passed),
    },
    ...(operations.length === 0
      ? []
      : [
          {
            title: "What the engine did",
            intro: "Each preview, update and destroy, with its slowest step here.",
            body: operationsTable(operations),
          },
        ]),
    ...(Object.keys(resources).length === 0
      ? []
      : [
          {
            title: "Resources",
            intro: "What the stack is made of, by type.",
            body: resourcesTable(resources),
          },
        ]),
    {
      title: "What this does not prove",
      intro: "A rehearsal is not the clouds.",
      body: linesOf(notProven),
    },
  ];
}

/** Phases without gaps, because only milliseconds are between them. */
function chartOf(phases: readonly PhaseResult[]): Parameters<typeof ganttOf>[0] {
  let at = 0;
  const rows = phases.map(({ title, seconds, failed }) => {
    const startsAt = at;
    at += seconds;
    return { label: title, startsAt, endsAt: at, failed };
  });
  return { totalSeconds: at, rows };
}

function operationsTable(operations: readonly Operation[]): Section["body"] {
  return tableOf({
    caption: "What the engine did",
    columns: [
      { title: "operation", kind: "tight" },
      { title: "took", kind: "number" },
      { title: "did" },
      { title: "slowest step" },
      { title: "ended" },
    ],
    rows: operations.map(({ kind, seconds, counts, steps, failure }) => [
      kind,
      formatDuration(seconds),
      Object.entries(counts)
        .map(([what, count]) => `${count} ${what}`)
        .join(", "),
      slowestOf(steps),
      failure === undefined ? "well" : "refused or failed",
    ]),
  });
}

function slowestOf(steps: readonly Step[]): string {
  const spanOf = ({ startedAtMs, endedAtMs }: Step): number => (endedAtMs - startedAtMs) / 1000;
  const [slowest] = [...steps].sort((one, other) => spanOf(other) - spanOf(one));
  // A preview's steps take no time.
  if (slowest === undefined || spanOf(slowest) === 0) return "";
  return `${labelOf(slowest.type, slowest.urn)}, ${formatDuration(spanOf(slowest))}`;
}

function resourcesTable(resources: RehearsalResult["resources"]): Section["body"] {
  const counted = Object.entries(resources).sort(
    ([one, ones], [other, others]) => others - ones || one.localeCompare(other),
  );
  return tableOf({
    caption: "Resources by type",
    columns: [{ title: "type" }, { title: "how many", kind: "number" }],
    rows: counted.map(([type, count]) => [type, count]),
    foot: ["All of it", counted.reduce((sum, [, count]) => sum + count, 0)],
  });
}
