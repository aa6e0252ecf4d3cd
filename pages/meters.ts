import { markup, type Markup } from "./markup.ts";
import { tableOf } from "./table.ts";

/** A limit, and the part of it that is taken. */
export interface Meter {
  readonly what: string;
  readonly used: number;
  readonly limit: number;
  /** Behind each number, with its space: " MiB". */
  readonly unit: string;
  /** There is less than is needed, whatever the two numbers say. */
  readonly over?: boolean;
  /** A sentence: where the limit comes from. */
  readonly source: string;
  /** Everything that takes of it. */
  readonly parts: readonly { readonly who: string; readonly amount: number }[];
}

/** From this share on something counts as nearly full; ours. */
const NEARLY = 0.9;

/** Its fullness in a word; beside each colour stands one. */
export function fullnessOf({ used, limit, over }: Meter): "room" | "nearly" | "over" {
  if (over === true || used > limit) return "over";
  return used >= NEARLY * limit ? "nearly" : "room";
}

const WORDS = { room: undefined, nearly: "nearly full", over: "too little" } as const;
const TONES = { room: undefined, nearly: "warn", over: "bad" } as const;

/** Bars, the fullest first; behind each, who takes how much. */
export function metersOf(meters: readonly Meter[]): Markup {
  const sorted = [...meters].sort((one, other) => shareOf(other) - shareOf(one));
  return markup`<ul class="meters">${sorted.map(meterOf)}</ul>`;
}

function shareOf({ used, limit }: Meter): number {
  return limit === 0 ? (used === 0 ? 0 : Infinity) : used / limit;
}

function meterOf(meter: Meter): Markup {
  const { what, used, limit, unit, source, parts } = meter;
  const fullness = fullnessOf(meter);
  // Rounded down: what is called full must be.
  const percent = Math.floor(100 * Math.min(shareOf(meter), 99));
  const tone = TONES[fullness];
  const word = fullness === "nearly" && used === limit ? "full" : WORDS[fullness];
  const verdict =
    word === undefined ? undefined : markup` · <strong class="${tone}">${word}</strong>`;
  const table = tableOf({
    caption: `Who takes of: ${what}`,
    columns: [{ title: "who" }, { title: `takes${unit}`, kind: "number" }],
    rows: parts.map(({ who, amount: each }) => [who, amount(each)]),
  });
  return markup`<li><details class="${fullness}"><summary><span class="what">${what}</span>
<span class="meter" aria-hidden="true"><i style="width:${Math.min(100, percent)}%"></i></span>
<span class="says"><strong>${percent} %</strong> · ${amount(used)} of ${amount(limit)}${unit}${verdict}</span></summary>
<div class="inner"><p>${source}</p>${parts.length === 0 ? undefined : table}</div></details></li>
`;
}

function amount(number: number): string {
  return number.toLocaleString("en-US");
}
