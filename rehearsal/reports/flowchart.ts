/** Boxes that must precede each box, by name. */
export type Before = ReadonlyMap<string, ReadonlySet<string>>;

/**
 * A Mermaid flowchart, from the first box to the last. It omits arrows that follow from others, and
 * boxes without arrows.
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

/** Direct predecessors of a box: those that no other predecessor follows. */
function direct(box: string, before: Before): readonly string[] {
  const own = [...(before.get(box) ?? [])].filter((one) => one !== box);
  return own.filter((one) => !own.some((other) => other !== one && comesAfter(other, one, before)));
}

function comesAfter(box: string, first: string, before: Before): boolean {
  return [...(before.get(box) ?? [])].some(
    (one) => one !== box && (one === first || comesAfter(one, first, before)),
  );
}

/** A name that Mermaid accepts. Its keywords, such as `end`, do not occur here. */
function idOf(box: string): string {
  return box.replaceAll(/[^a-z0-9]/gu, "_");
}
