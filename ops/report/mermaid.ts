import type { Schedule } from "../../domain/schedule.ts";

/** The order of an update as a chart that GitHub draws (https://mermaid.js.org/syntax/gantt.html). */

/** Most rows of a chart. */
const ROWS = 16;
/** Most marks of its axis. */
const MARKS = 12;

/**
 * A moment of the update in the chart. The chart's second is a minute of the update. An axis of
 * clock times would be in the reader's time zone, and begin at :30 in India.
 */
function at(seconds: number): number {
  return Math.round((seconds * 1_000) / 60);
}

/** The chart; nothing where no step waits for another. */
export function mermaidOf(order: Schedule): readonly string[] {
  const ids = new Set(order.tasks.map(({ id }) => id));
  const waits = order.tasks.filter(({ after }) => after.some((each) => ids.has(each)));
  if (waits.length === 0) return [];
  const deciding = new Set(order.criticalPath.map(({ id }) => id));
  const more = order.tasks.length - ROWS;
  return [
    "",
    "**Order, in minutes; its durations are assumed**",
    "",
    "```mermaid",
    "gantt",
    // Milliseconds. With `X`, seconds, Mermaid 11 reads a start as milliseconds and an end as
    // seconds, and every bar begins at 0 (`getStartDate` of its ganttDb).
    "  dateFormat x",
    "  axisFormat %s",
    `  tickInterval ${Math.max(1, Math.ceil(order.totalSeconds / 60 / MARKS))}second`,
    ...order.tasks.slice(0, ROWS).map(({ label, id, startsAt, endsAt }) => {
      const critical = deciding.has(id) ? "crit, " : "";
      return `  ${plain(label)} :${critical}${at(startsAt)}, ${at(endsAt)}`;
    }),
    "```",
    ...(more > 0 ? ["", `and ${more} more steps.`] : []),
  ];
}

/** In a chart a colon ends the label, "#" and ";" begin an entity or a comment. */
function plain(label: string): string {
  return label.replaceAll(/[^\w ().,'–-]/gu, " ");
}
