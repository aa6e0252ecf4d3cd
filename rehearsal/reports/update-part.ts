import { formatDuration } from "../../pages/duration.ts";
import { markup, type Markup } from "../../pages/markup.ts";
import { ganttOf, type Gantt } from "../../pages/gantt.ts";
import { tableOf } from "../../pages/table.ts";
import type { Schedule, ScheduledTask } from "../../domain/schedule.ts";

/** Tasks that take less, seconds, share one row: single API calls, which do not matter. */
const ROW_SECONDS = 5;

/**
 * An update's order as a chart, and its critical path as a table with the source of each number.
 */
export function updatePart(schedule: Schedule): Markup {
  const deciding = schedule.criticalPath.filter(isLong);
  const rest = schedule.totalSeconds - sum(deciding);
  return markup`${ganttOf(chartOf(schedule))}
    <h3>What decides the ${formatDuration(schedule.totalSeconds)}</h3>
    ${tableOf({
      caption: "The critical path, step by step",
      columns: [
        { title: "step" },
        { title: "begins at", kind: "number" },
        { title: "takes", kind: "number" },
        { title: "where the number is from" },
      ],
      rows: [
        ...deciding.map(({ label, startsAt, seconds, source }) => [
          label,
          formatDuration(startsAt),
          formatDuration(seconds),
          source,
        ]),
        ["single calls between them", "", formatDuration(rest), "assumed: a second or two each"],
      ],
      foot: ["All of it", "", formatDuration(schedule.totalSeconds), ""],
    })}`;
}

function isLong({ seconds }: ScheduledTask): boolean {
  return seconds >= ROW_SECONDS;
}

function sum(tasks: readonly ScheduledTask[]): number {
  return tasks.reduce((total, { seconds }) => total + seconds, 0);
}

function chartOf({ totalSeconds, tasks, criticalPath }: Schedule): Gantt {
  const critical = new Set(criticalPath.map(({ id }) => id));
  const short = tasks.filter((task) => !isLong(task));
  return {
    totalSeconds,
    rows: tasks.filter(isLong).map(({ id, label, startsAt, endsAt }) => ({
      label,
      startsAt,
      endsAt,
      critical: critical.has(id),
    })),
    ...(short.length === 0
      ? {}
      : { rest: { label: `${short.length} single calls`, spans: merged(short) } }),
    legend: { critical: "decides how long the whole takes", other: "has time to spare" },
  };
}

/** Merges calls that overlap: a hundred marks in one place show no more than one. */
function merged(tasks: readonly ScheduledTask[]): readonly (readonly [number, number])[] {
  const spans: [number, number][] = [];
  for (const { startsAt, endsAt } of [...tasks].sort((a, b) => a.startsAt - b.startsAt)) {
    const last = spans.at(-1);
    if (last !== undefined && startsAt <= last[1]) last[1] = Math.max(last[1], endsAt);
    else spans.push([startsAt, endsAt]);
  }
  return spans;
}
