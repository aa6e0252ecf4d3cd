import type { Facts, Seen, StateFact } from "./facts.ts";
import type { Journal } from "./journal.ts";
import { cloudOf, nameOf, type Night } from "./night.ts";
import { inMinutes, type TimedStep } from "./times.ts";

/** The command's output, in lines that fit a phone where they can. */

/** The table of a diagnosis. */
export function tableOf(facts: Facts, now: Date): string {
  const rows = [
    ...thingRows(facts.things.filter(({ kind }) => cloudOf(kind) === "DigitalOcean")),
    ...facts.ways.map((way) => row("", "point in time", wayOf(way, now))),
    ...thingRows(facts.things.filter(({ kind }) => cloudOf(kind) === "Cloudflare")),
    ...dumpRows(facts, now),
    row("Pulumi", "state", stateOf(facts.state)),
    row(
      "visitor",
      facts.domain,
      facts.outside.word === "there"
        ? "there    answers"
        : `unknown  ${facts.outside.word === "unknown" ? facts.outside.reason : ""}`,
    ),
  ];
  return [
    `${facts.domain}, stack ${facts.stack}. Only looking; nothing is changed.`,
    "",
    ...rows,
  ].join("\n");
}

/** Rows of one cloud. Several of a kind that are there are one row. */
function thingRows(things: readonly Seen[]): readonly string[] {
  const [first] = things;
  if (first === undefined) return [];
  const cloud = cloudOf(first.kind);
  const many = things.filter(
    ({ kind, presence }) => kind === "record" && presence.word === "there",
  );
  const single = things.filter((each) => !many.includes(each));
  const rows = [
    ...single.map((each) => [nameOf(each), presenceOf(each)] as const),
    ...(many.length === 0 ? [] : [[`${many.length} records`, "there"] as const]),
  ];
  return rows.map(([what, said], at) => row(at === 0 ? cloud : "", what, said));
}

const row = (cloud: string, what: string, said: string): string =>
  `  ${cloud.padEnd(13)} ${what.padEnd(34)} ${said}`.trimEnd();

function presenceOf({ id, presence }: Seen): string {
  switch (presence.word) {
    case "there":
      return `there    ${presence.value}`;
    case "gone":
      // Without an id it was looked for in its cloud's list.
      return `gone     ${id === "" ? "not listed" : "404"}, asked twice`;
    case "unknown":
      return `unknown  ${presence.reason}`;
  }
}

function stateOf(state: StateFact): string {
  switch (state.word) {
    case "there":
      return `there    ${state.resources} resources, ${
        state.pending === 0 ? "nothing pending" : `${state.pending} pending`
      }, ${state.locks.length === 0 ? "no lock" : "locked"}`;
    case "unknown":
      return `unknown  ${state.reason}`;
    default:
      return `${state.word.padEnd(8)} ${state.why}`;
  }
}

function wayOf(way: Facts["ways"][number], now: Date): string {
  switch (way.word) {
    case "there":
      return `there    newest backup ${way.value.until}, ${ageOf(way.value.until, now)}`;
    case "gone":
      return "gone     no backup yet";
    case "unknown":
      return `unknown  ${way.reason}`;
  }
}

/** The newest dump without a fault, and the number of newer ones that have some. */
function dumpRows({ dumps }: Facts, now: Date): readonly string[] {
  if (dumps.word === "gone") return [];
  if (dumps.word === "unknown") return [row("", "newest dump", `unknown  ${dumps.reason}`)];
  const at = dumps.value.findIndex(({ faults, doubts }) => faults.length + doubts.length === 0);
  const bad = at < 0 ? dumps.value.length : at;
  const said = bad === 0 ? "" : `; ${bad} newer ${bad === 1 ? "one is" : "are"} bad`;
  const { begun, bytes } = dumps.value[at]?.manifest ?? {};
  if (begun === undefined || bytes === undefined)
    return [row("", "newest dump", `gone     no good one${said}`)];
  const size = `${(bytes / 1e9).toFixed(1)} GB`;
  return [row("", "newest dump", `there    ${begun}, ${ageOf(begun, now)}, ${size}${said}`)];
}

/** `1 h 12 min old`. */
export function ageOf(time: string, now: Date): string {
  const minutes = Math.max(0, Math.floor((now.getTime() - Date.parse(time)) / 60_000));
  return minutes < 60
    ? `${minutes} min old`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min old`;
}

/** The end of a diagnosis: the night, and the line to type. */
export function endingOf(
  night: Night,
  minutes: number | undefined,
  open: Journal | undefined,
): string {
  if (open !== undefined)
    return [
      `A night "${open.part}" began at ${open.begun} and did not end. It goes on where it stopped:`,
      `  npm run rebuild -- ${open.part}`,
    ].join("\n");
  switch (night.word) {
    case "nothing":
      return night.why;
    case "wait":
      return [night.why, ...night.toDo.map((line) => `  ${line}`)].join("\n");
    case "night":
      return [
        `This is the night "${night.part}". ${night.why}`,
        `  npm run rebuild -- ${night.part}${minutes === undefined ? "" : `        about ${minutes} min`}`,
      ].join("\n");
  }
}

/** A plan, as shown before the question. */
export interface ShownPlan {
  readonly steps: readonly TimedStep[];
  readonly untouched: string;
  readonly lost: string;
  readonly cost: string;
}

/** The lines of a plan: each step's time, and the time since the start. */
export function planLines({ steps, untouched, lost, cost }: ShownPlan): string {
  let total = 0;
  const lines = steps.map(({ title, seconds }, at) => {
    total += seconds;
    return `${String(at + 1).padStart(3)}  ${title.padEnd(40)} ${inMinutes(seconds).padStart(9)}  ${inMinutes(total).padStart(9)}`;
  });
  return [
    `${"".padEnd(45)} ${"takes".padStart(9)}  ${"after".padStart(9)}`,
    ...lines,
    `  Not touched: ${untouched}. Lost: ${lost}. Cost: ${cost}.`,
    "  Times are estimates: docs/bad-night.md names their sources.",
  ].join("\n");
}

/** A finished step. */
export function doneLine(title: string, seconds: number, expected: number): string {
  return `  ✓ ${title.padEnd(40)} ${inMinutes(seconds).padStart(9)} / ${inMinutes(expected)}`;
}

/** A step at work. */
export function workLine(title: string, seconds: number, expected: number): string {
  return `  ▸ ${title.padEnd(40)} ${inMinutes(seconds).padStart(9)} / ${inMinutes(expected)}`;
}
