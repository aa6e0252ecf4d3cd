import { describe, expect, test } from "vitest";
import {
  coldSeconds,
  MEASURED_BUILDS,
  MEASURED_ON,
  paceLine,
  secondsLeft,
} from "../../build/pace.ts";

const BUILD = "pulumi";
const { packages, seconds, link } = MEASURED_BUILDS[BUILD]!;
const total = seconds.at(-1)! + link;

describe("what is left of a build", () => {
  test("is what was measured, before the first package", () => {
    expect(secondsLeft(BUILD, { needed: packages, done: 0, elapsed: 0 })).toBeCloseTo(total);
  });

  test("follows the measured course, not the packages alone: the largest come late", () => {
    const half = { needed: packages, done: packages / 2, elapsed: seconds[5]! };
    expect(secondsLeft(BUILD, half)).toBeCloseTo(total - seconds[5]!);
    const byPackages = half.elapsed;
    expect(secondsLeft(BUILD, half)).toBeGreaterThan(2 * byPackages);
  });

  test("grows with a slow machine, the more surely the longer it was seen", () => {
    const at = (tenth: number, slower: number) =>
      secondsLeft(BUILD, {
        needed: packages,
        done: (packages * tenth) / 10,
        elapsed: seconds[tenth]! * slower,
      }) /
      (total - seconds[tenth]!);
    expect(at(8, 3)).toBeGreaterThan(at(2, 3));
    expect(at(8, 3)).toBeGreaterThan(2.5);
    expect(at(8, 3)).toBeLessThanOrEqual(3);
  });

  test("is less where Go has compiled some of it before", () => {
    const left = secondsLeft(BUILD, { needed: packages / 10, done: 0, elapsed: 0 });
    expect(left).toBeCloseTo(seconds.at(-1)! / 10 + link);
  });

  test("of a program that nobody measured comes from its packages", () => {
    expect(secondsLeft("unknown", { needed: 100, done: 25, elapsed: 30 })).toBeCloseTo(90);
    expect(secondsLeft("unknown", { needed: 0, done: 0, elapsed: 1 })).toBe(0);
  });
});

test("a line says packages, rate and time, and promises nothing before the first package", () => {
  expect(paceLine("unknown", { needed: 100, done: 25, elapsed: 30 })).toBe(
    "25 of 100 packages, 0.8 a second, about 1m 30s left",
  );
  expect(paceLine("unknown", { needed: 100, done: 0, elapsed: 30 })).toBe("0 of 100 packages");
});

test("each measured build has its course: eleven times, none before the last", () => {
  for (const [name, measured] of Object.entries(MEASURED_BUILDS)) {
    expect(measured.seconds, name).toHaveLength(11);
    expect(
      [...measured.seconds].sort((a, b) => a - b),
      name,
    ).toEqual(measured.seconds);
    expect(measured.seconds[0], name).toBe(0);
  }
});

test("one core is told to take twice as long, and many cores are promised nothing", () => {
  const { cores } = MEASURED_ON;
  expect(coldSeconds(BUILD, 1)).toBeCloseTo(total * cores);
  expect(coldSeconds(BUILD, 64)).toBeCloseTo(total);
  expect(coldSeconds("unknown", 2)).toBeUndefined();
});
