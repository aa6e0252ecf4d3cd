import { bundlesOf, groupOf, isUpward, type Bundle, type Group, type Gutter } from "./bundles.ts";
import type { Box, Topology } from "./model.ts";
import {
  GAP,
  LANE,
  LINE,
  PAD,
  placed,
  TITLE,
  wrapped,
  type Lane,
  type PlacedBox,
  type Scene,
  type Straight,
} from "./scene.ts";

/**
 * Two arrangements of the same boxes: side by side for a wide window, below each other for a narrow
 * one. Lines run in gutters next to the boxes and never through one. Each belongs to one box, its
 * hub. A dot or a tip shows each connection with another box.
 */

type Side = "left" | "right";

/** Widths of the wide arrangement's three columns, and of the narrow one. */
const ENTRY = 250;
const INNER = 336;
const TARGET = 290;
const NARROW = 384;
/** Space above and below the first and last box of a column. */
const MARGIN = 6;

/** For a wide window. */
export function wide(topology: Topology): Scene {
  const bundles = bundlesOf(topology);
  const count = (gutter: Gutter): number =>
    bundles.filter((bundle) => bundle.gutter === gutter).length;
  const before = gutterWidth(count("before"));
  const inside = gutterWidth(count("inside"));
  const behind = gutterWidth(count("behind"));
  const frameX = ENTRY + before;
  const innerX = frameX + inside;
  const frameWidth = inside + INNER + GAP;
  const targetX = frameX + frameWidth + behind;
  const heading = headingOf(topology, {
    x: frameX + PAD + 2,
    y: MARGIN,
    width: frameWidth - 2 * PAD,
  });
  const frameBoxes = column(topology.frame.boxes, bundles, innerX, heading.end, INNER, GAP);
  const frameEnd = endOf(frameBoxes, heading.end) + GAP;
  const entry = column(topology.entry, bundles, 0, MARGIN, ENTRY, 34);
  const targets = column(topology.targets, bundles, targetX, MARGIN, TARGET, GAP + 6);
  const height = Math.max(frameEnd, endOf(entry, 0), endOf(targets, 0)) + MARGIN;
  const boxes = [...entry, ...frameBoxes, ...targets];
  const lanes = lanesOf(boxes, bundles, {
    // The first bundle is the nearest to the line's target.
    before: {
      first: frameX - LANE,
      step: -LANE,
      side: sidesOf(topology, { entry: "right", frame: "left", targets: "left" }),
    },
    inside: { first: innerX - LANE, step: -LANE, side: () => "left" },
    behind: {
      first: targetX - LANE,
      step: -LANE,
      side: sidesOf(topology, { entry: "right", frame: "right", targets: "left" }),
    },
  });
  return {
    width: targetX + TARGET + 1,
    height,
    frame: { x: frameX, y: MARGIN, width: frameWidth, height: frameEnd - MARGIN },
    heading: heading.lines,
    boxes,
    straights: straightsOf(topology, boxes),
    lanes,
  };
}

/** For a narrow window. */
export function tall(topology: Topology): Scene {
  const bundles = bundlesOf(topology);
  const left = bundles.filter(
    ({ gutter, links }) => gutter !== "behind" && !isUpward(topology, links),
  );
  const right = bundles.filter((bundle) => !left.includes(bundle));
  const [step, edge] = [9, 14];
  const x = edge + left.length * step;
  const width = NARROW - x - edge - right.length * step;
  const entry = column(topology.entry, bundles, x, MARGIN, width, 26);
  const frameY = endOf(entry, 0) + 26;
  const heading = headingOf(topology, { x, y: frameY, width });
  const frameBoxes = column(topology.frame.boxes, bundles, x, heading.end, width, GAP);
  const frameEnd = endOf(frameBoxes, heading.end) + GAP;
  const targets = column(topology.targets, bundles, x, frameEnd + 20, width, GAP + 6);
  const boxes = [...entry, ...frameBoxes, ...targets];
  const side = (
    of: readonly Bundle[],
    first: number,
    direction: number,
    where: Side,
  ): readonly Lane[] =>
    lanesOf(
      boxes,
      of.map((bundle) => ({ ...bundle, gutter: "behind" as const })),
      {
        before: { first, step: direction, side: () => where },
        inside: { first, step: direction, side: () => where },
        behind: { first, step: direction, side: () => where },
      },
    );
  return {
    width: NARROW,
    height: endOf(targets, frameEnd) + MARGIN,
    frame: { x: 1, y: frameY, width: NARROW - 2, height: frameEnd - frameY },
    heading: heading.lines,
    boxes,
    straights: straightsOf(topology, boxes),
    lanes: [
      ...side(left, x - step, -step, "left"),
      ...side(right, x + width + step, step, "right"),
    ],
  };
}

function gutterWidth(lanes: number): number {
  return lanes === 0 ? 2 * GAP : (lanes + 1) * LANE + GAP;
}

/** Boxes below each other. */
function column(
  boxes: readonly Box[],
  bundles: readonly Bundle[],
  x: number,
  y: number,
  width: number,
  gap: number,
): readonly PlacedBox[] {
  let at = y;
  return boxes.map((box) => {
    const stubs = bundles.filter(({ links }) =>
      links.some(({ from, to }) => from === box.id || to === box.id),
    ).length;
    const one = placed(box, { x, y: at }, width, stubs);
    at += one.height + gap;
    return one;
  });
}

function endOf(boxes: readonly PlacedBox[], otherwise: number): number {
  const last = boxes.at(-1);
  return last === undefined ? otherwise : last.y + last.height;
}

/** The frame's own text, and the position of the first box. */
function headingOf(
  { frame }: Topology,
  { x, y, width }: { readonly x: number; readonly y: number; readonly width: number },
): { readonly lines: Scene["heading"]; readonly end: number } {
  const lines = frame.lines.flatMap((line) => wrapped(line, width));
  const first = y + PAD + TITLE - 4;
  return {
    lines: [
      { x, y: first, text: frame.title, head: true },
      ...lines.map((text, at) => ({ x, y: first + (at + 1) * LINE + 1, text, head: false })),
    ],
    end: first + lines.length * LINE + GAP + 1,
  };
}

function straightsOf(
  { entry, targets, links }: Topology,
  boxes: readonly PlacedBox[],
): readonly Straight[] {
  return [entry, targets].flatMap((group) =>
    links
      .filter(({ from, to }) => [from, to].every((id) => group.some((box) => box.id === id)))
      .map(({ from, to }): Straight => {
        const [one, other] = [boxOf(boxes, from), boxOf(boxes, to)];
        const x = one.x + 30;
        return other.y > one.y
          ? { from: { x, y: one.y + one.height }, to: { x, y: other.y } }
          : { from: { x, y: one.y }, to: { x, y: other.y + other.height } };
      }),
  );
}

function boxOf(boxes: readonly PlacedBox[], id: string): PlacedBox {
  return boxes.find(({ box }) => box.id === id)!;
}

/** Side of each group's boxes on which a line arrives. */
function sidesOf(topology: Topology, sides: Readonly<Record<Group, Side>>): (id: string) => Side {
  return (id) => sides[groupOf(topology, id)];
}

interface Rail {
  readonly first: number;
  readonly step: number;
  readonly side: (id: string) => Side;
}

function lanesOf(
  boxes: readonly PlacedBox[],
  bundles: readonly Bundle[],
  rails: Readonly<Record<Gutter, Rail>>,
): readonly Lane[] {
  const taken = { before: 0, inside: 0, behind: 0 };
  const stubs = stubsOf(bundles, rails);
  return bundles.map(({ gutter, hue, links }, at): Lane => {
    const rail = rails[gutter];
    const x = rail.first + taken[gutter]++ * rail.step;
    const pointOf = (id: string): { readonly x: number; readonly y: number } => {
      const one = boxOf(boxes, id);
      const side = rail.side(id);
      const own = stubs.get(`${side} ${id}`) ?? [];
      const y = one.y + (one.height * (own.indexOf(at) + 1)) / (own.length + 1);
      return { x: side === "left" ? one.x : one.x + one.width, y };
    };
    for (const { to } of links) boxOf(boxes, to).hue ??= hue;
    const [tails, tips] = [links.map(({ from }) => from), links.map(({ to }) => to)];
    return {
      hue,
      x,
      tails: [...new Set(tails)].map(pointOf),
      tips: [...new Set(tips)].map(pointOf),
    };
  });
}

/** The bundles that arrive at each side of each box, in order. */
function stubsOf(
  bundles: readonly Bundle[],
  rails: Readonly<Record<Gutter, Rail>>,
): ReadonlyMap<string, readonly number[]> {
  const stubs = new Map<string, number[]>();
  bundles.forEach(({ gutter, links }, at) => {
    for (const id of new Set(links.flatMap(({ from, to }) => [from, to]))) {
      const key = `${rails[gutter].side(id)} ${id}`;
      stubs.set(key, [...(stubs.get(key) ?? []), at]);
    }
  });
  return stubs;
}
