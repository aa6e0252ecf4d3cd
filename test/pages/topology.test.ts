import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tall, wide } from "../../pages/topology/arrange.ts";
import type { Topology } from "../../pages/topology/model.ts";
import { pictureOf } from "../../pages/topology/picture.ts";
import type { Lane, Scene } from "../../pages/topology/scene.ts";
import { tagsOf } from "./page-faults.ts";

const box = (id: string) => ({ id, title: id, lines: ["a line of some words about it"] });
const link = (from: string, to: string) => ({ from, to, says: "TCP 1" });

/** A picture of this many workloads and targets, with all connections between them. */
function topology(workloads: number, targets: number): Topology {
  const inside = Array.from({ length: workloads }, (_, at) => `work${at}`);
  const outside = Array.from({ length: targets }, (_, at) => `data${at}`);
  return {
    title: "Who talks to whom",
    entry: ["visitor", "edge", "bucket"].map(box),
    frame: { title: "cluster", lines: ["nodes"], boxes: ["door", ...inside].map(box) },
    targets: outside.map(box),
    links: [
      link("visitor", "edge"),
      link("edge", "bucket"),
      link("edge", "door"),
      ...inside.flatMap((id) => [
        link("door", id),
        link(id, "bucket"),
        ...outside.map((data) => link(id, data)),
      ]),
    ],
  };
}

/** Straight segments of a lane. */
function piecesOf({
  x,
  tails,
  tips,
}: Lane): readonly (readonly [number, number, number, number])[] {
  const points = [...tails, ...tips];
  const ys = points.map(({ y }) => y);
  return [
    [x, Math.min(...ys), x, Math.max(...ys)],
    ...points.map(
      (point) => [Math.min(x, point.x), point.y, Math.max(x, point.x), point.y] as const,
    ),
  ];
}

/** Faults that make a picture hard to read, a sentence each. */
function sceneFaults({ width, height, boxes, lanes }: Scene): readonly string[] {
  const faults: string[] = [];
  for (const one of boxes) {
    if (one.x < 0 || one.y < 0 || one.x + one.width > width || one.y + one.height > height)
      faults.push(`${one.box.id} is cut off`);
    for (const other of boxes)
      if (
        one !== other &&
        one.x < other.x + other.width &&
        other.x < one.x + one.width &&
        one.y < other.y + other.height &&
        other.y < one.y + one.height
      )
        faults.push(`${one.box.id} lies on ${other.box.id}`);
    for (const lane of lanes)
      for (const [left, top, right, bottom] of piecesOf(lane))
        if (
          left < one.x + one.width - 0.01 &&
          right > one.x + 0.01 &&
          top < one.y + one.height - 0.01 &&
          bottom > one.y + 0.01
        )
          faults.push(`a line runs through ${one.box.id}`);
  }
  const upright = lanes.map(({ x, tails, tips }) => ({
    x,
    ys: [...tails, ...tips].map(({ y }) => y),
  }));
  upright.forEach((one, at) => {
    if (one.x < 0 || one.x > width) faults.push("a line is cut off");
    for (const other of upright.slice(at + 1))
      if (
        Math.abs(one.x - other.x) < 4 &&
        Math.min(...one.ys) <= Math.max(...other.ys) &&
        Math.min(...other.ys) <= Math.max(...one.ys)
      )
        faults.push("two lines lie on each other");
  });
  const ends = lanes
    .flatMap(({ tails, tips }) => [...tails, ...tips])
    .map(({ x, y }) => `${x} ${y}`);
  return [
    ...faults,
    ...ends.filter((end, at) => ends.indexOf(end) !== at).map((end) => `two lines end at ${end}`),
  ];
}

describe.each([
  ["a wide window", wide],
  ["a narrow window", tall],
] as const)("for %s", (_, arrange) => {
  test("no box lies on another, nothing is cut off, no line runs through a box or along another", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 0, max: 8 }),
        (workloads, targets) => {
          expect(sceneFaults(arrange(topology(workloads, targets)))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("every link is drawn: its two boxes are joined by one line", () => {
    const model = topology(4, 3);
    const { boxes, lanes, straights } = arrange(model);
    const at = (id: string) => boxes.find((one) => one.box.id === id)!;
    for (const { from, to } of model.links) {
      const touches = (
        id: string,
        { x, y }: { readonly x: number; readonly y: number },
      ): boolean => {
        const one = at(id);
        return x >= one.x && x <= one.x + one.width && y >= one.y && y <= one.y + one.height;
      };
      const joined =
        lanes.some(
          ({ tails, tips }) =>
            tails.some((end) => touches(from, end)) && tips.some((end) => touches(to, end)),
        ) || straights.some((one) => touches(from, one.from) && touches(to, one.to));
      expect(joined, `${from} to ${to}`).toBe(true);
    }
  });

  test("long words are cut into lines that fit their box", () => {
    const long = "x".repeat(253);
    const model = {
      ...topology(1, 1),
      entry: [{ id: "visitor", title: "v", lines: [long] }, box("edge"), box("bucket")],
    };
    const { boxes } = arrange(model);
    const lines = boxes.find((one) => one.box.id === "visitor")!.lines;
    expect(lines.length).toBeGreaterThan(4);
    expect(lines.join("")).toBe(long);
  });
});

test("the checker of pictures sees a line through a box and two on each other", () => {
  const scene = wide(topology(3, 2));
  const [first, second] = scene.lanes;
  const inBox = { ...first!, x: scene.boxes[0]!.x + 5 };
  expect(sceneFaults({ ...scene, lanes: [inBox] })).toContain("a line runs through edge");
  expect(sceneFaults({ ...scene, lanes: [second!, second!] })).toContain(
    "two lines lie on each other",
  );
});

test("a link to a box that is not there is a mistake, and said", () => {
  const model = { ...topology(1, 1), links: [link("nobody", "edge")] };
  expect(() => wide(model)).toThrow("nobody");
});

test("both pictures have title and description, and the table says the same", () => {
  const model = topology(2, 1);
  const part = pictureOf({ ...model, title: "<b>" }).toString();
  const tags = tagsOf(part);
  expect(tags.filter(({ name }) => name === "svg")).toHaveLength(2);
  expect(tags.filter(({ name }) => name === "desc")).toHaveLength(2);
  expect(part).toContain("work0 calls data0: TCP 1.");
  expect(part).toContain("&lt;b&gt;");
  expect(tags.filter(({ name }) => name === "tr")).toHaveLength(1 + model.links.length);
});
