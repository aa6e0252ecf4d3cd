import { markup, type Markup } from "./markup.ts";
import { tableOf } from "./table.ts";

/** A limit, and the used part of it. */
export interface Meter {
  readonly what: string;
  readonly used: number;
  readonly limit: number;
  /** Unit after each number, with its space: " MiB". */
  readonly unit: string;
  /** Whether the limit is exceeded, independent of the two numbers. */
  readonly over?: boolean;
  /** A sentence: the source of the limit. */
  readonly source: string;
  /** All consumers. */
  readonly parts: readonly { readonly who: string; readonly amount: number }[];
}

/** Share from which a limit counts as nearly reached; this project's own choice. */
const NEARLY = 0.9;

/** Its fullness as a word, which is next to each color. */
export function fullnessOf({ used, limit, over }: Meter): "room" | "nearly" | "over" {
  if (over === true || used > limit) return "over";
  return used >= NEARLY * limit ? "nearly" : "room";
}

const WORDS = { room: undefined, nearly: "nearly full", over: "too little" } as const;
const TONES = { room: undefined, nearly: "warn", over: "bad" } as const;

/** Bars, the fullest first, each with its consumers. */
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
  // Rounded down, so that only a reached limit shows 100.
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
