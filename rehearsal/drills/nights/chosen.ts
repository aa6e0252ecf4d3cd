import type { CutOptions } from "../cut.ts";
import { NIGHTS } from "./all.ts";
import { halfOf, type Half } from "./halves.ts";
import { killedNights } from "./killed.ts";
import type { Night } from "./night.ts";
import { RESTORED_NIGHTS } from "./restored.ts";

/** Options of the nights. */
export interface NightsOptions extends CutOptions {
  /** Numbers of the nights, as "4" or "1,13". If unset: all of them. */
  readonly night: string | undefined;
  /** Only this half of them. If unset: both, the second one in a world of its own. */
  readonly half: Half | undefined;
}

/**
 * The nights of one world, in their order: plain ones, those whose command is killed, and those
 * that only a dump ends.
 * @throws Error with all numbers for one that does not exist, and for none at all.
 */
export function chosen({ night, half, ...cut }: NightsOptions): readonly Night[] {
  const wanted = night?.split(",").map(Number);
  const numbers = [...new Set([...NIGHTS, ...RESTORED_NIGHTS].map(({ number }) => number))];
  if (wanted?.every((number) => numbers.includes(number)) === false)
    throw new Error(
      `--night ${night} names no night that is rehearsed. Write one of these, or several with commas: ${numbers.toSorted((a, b) => a - b).join(", ")}.`,
    );
  const nights = [...NIGHTS, ...killedNights(cut), ...RESTORED_NIGHTS].filter(
    (each) =>
      (wanted === undefined || wanted.includes(each.number)) &&
      (half === undefined || halfOf(each, RESTORED_NIGHTS.includes(each)) === half),
  );
  // A drill without a night would pass.
  if (nights.length === 0)
    throw new Error(
      `--night ${night} has nothing in the ${half} half. Leave out --night or --half.`,
    );
  return nights;
}
