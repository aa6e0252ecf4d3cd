import { KILLED_NUMBERS } from "./killed.ts";
import type { Night } from "./night.ts";

/** The nights in two halves, each of which a world of its own rehearses at the same time. */

const HALVES = ["first", "second"] as const;

/** A half of the nights. */
export type Half = (typeof HALVES)[number];

/** @throws Error for a word that names none. */
export function halfNamed(word: string | undefined): Half | undefined {
  const half = HALVES.find((each) => each === word);
  if (word !== undefined && half === undefined)
    throw new Error(`--half is "${word}"; say ${HALVES.join(" or ")}.`);
  return half;
}

/** The last of the numbers that belong to the first half, as measured: both take equally long. */
const LAST_OF_FIRST = 8;

/**
 * The half of a night. A command is killed at a moment that the same night, undisturbed, has
 * counted: both are in one world.
 * @param restores whether only a dump ends it.
 */
export function halfOf({ number }: Pick<Night, "number">, restores: boolean): Half {
  if (restores) return "second";
  return number <= LAST_OF_FIRST || KILLED_NUMBERS.includes(number) ? "first" : "second";
}
