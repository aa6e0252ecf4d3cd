import type { HUES } from "../theme.ts";
import type { Box } from "./model.ts";

/** Parts of a picture with their positions, before they become markup. */

/** A point. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A box with its position; its lines are wrapped to its width. */
export interface PlacedBox extends Point {
  readonly box: Box;
  readonly width: number;
  readonly height: number;
  readonly lines: readonly string[];
  /** Color of its edge: that of its line. */
  hue: (typeof HUES)[number] | undefined;
}

/** A connection of two boxes above each other. */
export interface Straight {
  readonly from: Point;
  readonly to: Point;
}

/** A line next to the boxes that connects one of them with several others. */
export interface Lane {
  readonly hue: (typeof HUES)[number];
  readonly x: number;
  /** Ends at the callers. */
  readonly tails: readonly Point[];
  /** Ends at the targets. */
  readonly tips: readonly Point[];
}

/** All parts of a picture. */
export interface Scene {
  readonly width: number;
  readonly height: number;
  readonly frame: Point & { readonly width: number; readonly height: number };
  /** The frame's title and lines, a line each. */
  readonly heading: readonly (Point & { readonly text: string; readonly head: boolean })[];
  readonly boxes: readonly PlacedBox[];
  readonly straights: readonly Straight[];
  readonly lanes: readonly Lane[];
}

/** Distance between two lanes, and between a box and the nearest lane. */
export const LANE = 14;
/** Space between two boxes above each other, and inside a frame. */
export const GAP = 12;
/** Space inside a box. */
export const PAD = 11;
/** Height of a box's title and of each line. */
export const TITLE = 17;
export const LINE = 15.5;
/** Average width of a character, generous, because the reader's font is not known. */
const CHARACTER = 6.3;

/** Words in lines of a width; a single word that is too long is cut. */
export function wrapped(text: string, width: number): readonly string[] {
  const most = Math.max(8, Math.floor(width / CHARACTER));
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(/\s+/u).flatMap((each) => piecesOf(each, most))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= most) line = longer;
    else {
      if (line !== "") lines.push(line);
      line = word;
    }
  }
  return line === "" ? lines : [...lines, line];
}

function piecesOf(word: string, most: number): readonly string[] {
  return word.match(new RegExp(`.{1,${most}}`, "gu")) ?? [];
}

/** A box with the height of its text, and of the lines at its sides. */
export function placed(box: Box, at: Point, width: number, stubs: number): PlacedBox {
  const lines = box.lines.flatMap((line) => wrapped(line, width - 2 * PAD));
  const text = 2 * PAD + TITLE + lines.length * LINE - 3;
  return { ...at, box, width, lines, height: Math.max(text, (stubs + 1) * 9), hue: undefined };
}
