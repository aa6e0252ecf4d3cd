import { formatDuration } from "./duration.ts";
import { markup, type Markup } from "./markup.ts";

/** A task with its times, in seconds since the start. */
export interface GanttRow {
  readonly label: string;
  readonly startsAt: number;
  readonly endsAt: number;
  /** Whether it is on the critical path. */
  readonly critical?: boolean;
  readonly failed?: boolean;
}

/** A chart of tasks. */
export interface Gantt {
  readonly totalSeconds: number;
  readonly rows: readonly GanttRow[];
  /** Tasks too short for a row each, combined. */
  readonly rest?: {
    readonly label: string;
    readonly spans: readonly (readonly [number, number])[];
  };
  /** Names of the two kinds of bars; no legend if all are of one kind. */
  readonly legend?: { readonly critical: string; readonly other: string };
}

/** Intervals of the marks below a chart, seconds. */
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400];
/** Maximum number of marks whose labels fit in a narrow window. */
const MARKS = 5;
/** A bar that ends after this share of the chart has its label before it. */
const LATE = 0.8;

/** The chart. Each bar has its time next to it, so length and color alone carry no information. */
export function ganttOf({ totalSeconds, rows, rest, legend }: Gantt): Markup {
  const total = Math.max(totalSeconds, 0.1);
  const share = (seconds: number): number => (100 * seconds) / total;
  const step = STEPS.find((each) => total / each <= MARKS) ?? total;
  const marks = Array.from({ length: Math.floor(total / step) + 1 }, (_, at) => at * step);
  // The end is a mark of its own, and replaces one that would overlap it.
  const shown = [...marks.filter((mark) => mark === 0 || total - mark > 0.6 * step), total];
  const axis = shown.map((mark) => {
    const word = mark === 0 ? "0" : formatDuration(mark);
    return markup`<span style="left:${share(mark)}%">${word}</span>`;
  });
  return markup`${legend === undefined ? undefined : legendOf(legend)}
<ol class="gantt" style="--step:${share(step)}%">
<li class="axis" aria-hidden="true"><span class="name"></span><span class="track">${axis}</span></li>
${rows.map((row) => rowOf(row, total, share))}${rest === undefined ? undefined : restOf(rest, share)}
</ol>`;
}

function legendOf({ critical, other }: NonNullable<Gantt["legend"]>): Markup {
  return markup`<ul class="legend">
<li><span class="bar critical"></span>${critical}</li>
<li><span class="bar"></span>${other}</li>
</ul>`;
}

/** Position of a time in the chart's width, percent. */
type Share = (seconds: number) => number;

function rowOf(row: GanttRow, total: number, share: Share): Markup {
  const { label, startsAt, endsAt, critical, failed } = row;
  const kind = failed === true ? "failed" : critical === true ? "critical" : undefined;
  const place =
    endsAt / total > LATE
      ? markup`right:calc(${100 - share(startsAt)}% + 5px)`
      : markup`left:calc(${share(endsAt)}% + 5px)`;
  const aside = `, from ${formatDuration(startsAt)}${critical === true ? ", on the critical path" : ""}`;
  const said = `${failed === true ? "failed after " : ""}${formatDuration(endsAt - startsAt)}`;
  return markup`<li class="${kind}"><span class="name">${label}<span class="hidden">${aside}</span></span>
<span class="track">${barOf(startsAt, endsAt, share)}<span class="span" style="${place}">${said}</span></span></li>
`;
}

function restOf({ label, spans }: NonNullable<Gantt["rest"]>, share: Share): Markup {
  const bars = spans.map(([from, to]) => barOf(from, to, share));
  return markup`<li class="rest"><span class="name">${label}</span>
<span class="track" aria-hidden="true">${bars}</span></li>`;
}

function barOf(from: number, to: number, share: Share): Markup {
  return markup`<span class="bar" style="left:${share(from)}%;width:${share(to - from)}%"></span>`;
}
