import { describe, expect, it } from "vitest";
import { randomOf, sharesOf } from "../../drills/cut.ts";

describe("a kill that nobody can repeat, or that never comes", () => {
  it("the same seed gives the same numbers, another one others", () => {
    const numbers = (seed: number) => Array.from({ length: 20 }, randomOf(seed));
    expect(numbers(7)).toEqual(numbers(7));
    expect(numbers(7)).not.toEqual(numbers(8));
    for (const number of numbers(7)) expect(number).toBeGreaterThanOrEqual(0);
    for (const number of numbers(7)) expect(number).toBeLessThan(1);
  });

  it("each part has its kills, and together they are as many as were asked for", () => {
    expect(sharesOf(3)).toEqual([1, 1, 1]);
    expect(sharesOf(10)).toEqual([4, 3, 3]);
    for (const kills of [0, 1, 2, 7, 30])
      expect(sharesOf(kills).reduce((sum, each) => sum + each, 0)).toBe(kills);
  });
});
