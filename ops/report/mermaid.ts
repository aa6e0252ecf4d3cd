import type { Schedule } from "../../domain/schedule.ts";

/** The order of an update as a chart that GitHub draws (https://mermaid.js.org/syntax/gantt.html). */

/** Most rows of a chart. */
const ROWS = 16;

/** The chart; nothing where no step waits for another. */
export function mermaidOf(order: Schedule): readonly string[] {
  const ids = new Set(order.tasks.map(({ id }) => id));
  const waits = order.tasks.filter(({ after }) => after.some((each) => ids.has(each)));
  if (waits.length === 0) return [];
  const deciding = new Set(order.criticalPath.map(({ id }) => id));
  const more = order.tasks.length - ROWS;
  return [
    "",
    "**Order; its durations are assumed**",
    "",
    "```mermaid",
    "gantt",
    "  dateFormat X",
    "  axisFormat %M:%S",
    ...order.tasks.slice(0, ROWS).map(({ label, id, startsAt, endsAt }) => {
      const critical = deciding.has(id) ? "crit, " : "";
      return `  ${plain(label)} :${critical}${Math.round(startsAt)}, ${Math.round(endsAt)}`;
    }),
    "```",
    ...(more > 0 ? ["", `and ${more} more steps.`] : []),
  ];
}

/** In a chart a colon ends the label, "#" and ";" begin an entity or a comment. */
function plain(label: string): string {
  return label.replaceAll(/[^\w ().,'–-]/gu, " ");
}
