import type { Step } from "./steps.ts";

/**
 * Shortens a walk that fails at its last step. It takes out steps first, many at once, then single
 * ones. Then it takes words out of the steps that are left.
 * @param fails whether a walk fails, too.
 * @returns undefined where the walk itself does not fail again: nothing could be learned of others.
 */
export async function shrunk(
  walk: readonly Step[],
  fails: (shorter: readonly Step[]) => Promise<boolean>,
): Promise<readonly Step[] | undefined> {
  if (!(await fails(walk))) return undefined;
  let best = walk;
  const fewer = async (shorter: readonly Step[]): Promise<boolean> => {
    if (!(await fails(shorter))) return false;
    best = shorter;
    return true;
  };
  for (let size = walk.length - 1; size >= 1; size = Math.floor(size / 2))
    for (let at = 0; at + size < best.length;)
      if (!(await fewer(best.toSpliced(at, size)))) at += size;
  for (let at = 0; at < best.length; at++)
    for (let word = 0; word < (best[at]?.length ?? 0);) {
      const step = best[at] ?? [];
      if (!(await fewer(best.with(at, step.toSpliced(word, 1))))) word++;
    }
  return best;
}
