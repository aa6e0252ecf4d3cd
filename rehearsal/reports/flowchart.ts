/** The boxes that each box comes after, by name. */
export type Before = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * A Mermaid flowchart, from the first box to the last. Arrows that follow from others are left out;
 * so are boxes that no arrow touches.
 */
export function flowchart(before: Before): string {
  const arrows = [...before].flatMap(([box]) =>
    direct(box, before).map((other) => [other, box] as const),
  );
  const touched = [...new Set(arrows.flat())];
  return [
    "```mermaid",
    "flowchart LR",
    ...touched.map((box) => `  ${idOf(box)}["${box}"]`).sort(),
    ...arrows.map(([from, to]) => `  ${idOf(from)} --> ${idOf(to)}`).sort(),
    "```",
    "",
  ].join("\n");
}

/** Boxes that come right before this one: those that no other of them comes after. */
function direct(box: string, before: Before): readonly string[] {
  const own = [...(before.get(box) ?? [])].filter((one) => one !== box);
  return own.filter((one) => !own.some((other) => other !== one && comesAfter(other, one, before)));
}

function comesAfter(box: string, first: string, before: Before): boolean {
  return [...(before.get(box) ?? [])].some(
    (one) => one !== box && (one === first || comesAfter(one, first, before)),
  );
}

/** A name that Mermaid takes; its own words, such as `end`, are none of ours. */
function idOf(box: string): string {
  return box.replaceAll(/[^a-z0-9]/gu, "_");
}
