import { hueOf, type HUES } from "../theme.ts";
import type { Link, Topology } from "./model.ts";

/** Links that share a line, and its gutter. */

/** An area for boxes. */
export type Group = "entry" | "frame" | "targets";

/** Links that share a line. */
export interface Bundle {
  readonly hub: string;
  readonly gutter: Gutter;
  readonly hue: (typeof HUES)[number];
  readonly links: readonly Link[];
}

/** Position of a line: before the frame, inside it, or after it. */
export type Gutter = "before" | "inside" | "behind";

/** @throws Error for a box that the picture does not have. */
export function groupOf({ entry, frame, targets }: Topology, id: string): Group {
  const groups = { entry, frame: frame.boxes, targets };
  const found = (["entry", "frame", "targets"] as const).find((group) =>
    groups[group].some((box) => box.id === id),
  );
  if (found === undefined)
    throw new Error(`A link of the picture names ${id}, and there is no such box.`);
  return found;
}

/** Links by their common line: of a box with several callers, or with several targets. */
export function bundlesOf(topology: Topology): readonly Bundle[] {
  const bundles = new Map<string, { hub: string; gutter: Gutter; links: Link[] }>();
  for (const link of topology.links) {
    const [from, to] = [groupOf(topology, link.from), groupOf(topology, link.to)];
    if (from === to && from !== "frame") continue;
    const gutter: Gutter = from === to ? "inside" : to === "targets" ? "behind" : "before";
    const hub = from === "frame" && to !== "frame" ? link.to : link.from;
    const key = `${gutter} ${hub}`;
    const bundle = bundles.get(key) ?? { hub, gutter, links: [] };
    bundle.links.push(link);
    bundles.set(key, bundle);
  }
  const order = [...topology.entry, ...topology.frame.boxes, ...topology.targets].map(
    ({ id }) => id,
  );
  return [...bundles.values()]
    .sort((one, other) => order.indexOf(one.hub) - order.indexOf(other.hub))
    .map((bundle, at) => ({ ...bundle, hue: hueOf(at) }));
}

/** Whether links lead from the frame back to the visitors' path: to a bucket next to the edge. */
export function isUpward(topology: Topology, links: readonly Link[]): boolean {
  return links.some(
    ({ from, to }) => groupOf(topology, from) === "frame" && groupOf(topology, to) === "entry",
  );
}
