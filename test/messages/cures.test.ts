import { describe, expect, test } from "vitest";
import { TABLES } from "./tables/all.ts";

/**
 * Every remedy that a message suggests is accepted when an operator types it. Otherwise a first
 * refusal leads a tired operator to a second one: "Take media.example.social" was once the fault
 * itself.
 */

/**
 * Faults of the schema. Their suggestion is an example of the form, and a rule or a budget may
 * still refuse the value.
 */
const OF_FORM = ["missing", "wrong-value", "unknown-key"];

/** Budgets are checked only if the fault was about one. */
const OF_SUMS = [
  "pool-connections",
  "database-connections",
  "replica-connections",
  "valkey-connections",
  "valkey-memory",
  "cache-memory",
  "node-memory",
  "node-cpu",
];

const CURES = Object.entries(TABLES).flatMap(([heading, cases]) =>
  cases.flatMap(({ name, faults, after }) =>
    faults().flatMap((fault) =>
      fault.cures.map((cure) => ({
        what: `${heading}: ${name}: ${JSON.stringify(cure)}`,
        fault,
        after: () => after(cure),
      })),
    ),
  ),
);

describe("a cure that a refusal names is accepted when it is typed in", () => {
  test.each(CURES)("$what", ({ what, fault: { code, key }, after }) => {
    const left = after().map((fault) => ({ code: fault.code, key: fault.key }));
    expect(left, what).not.toContainEqual({ code, key });
    if (OF_FORM.includes(code))
      // No other fault below that key remains.
      expect(
        left.filter((one) => OF_FORM.includes(one.code) && one.key.startsWith(`${key}.`)),
        what,
      ).toEqual([]);
    else
      expect(
        left.filter((one) => OF_SUMS.includes(code) || !OF_SUMS.includes(one.code)),
        what,
      ).toEqual([]);
  });
});

test("most refusals name a cure, or this would prove nothing", () => {
  const all = Object.values(TABLES).flat();
  const without = all.filter(({ faults }) => faults().some(({ cures }) => cures.length === 0));
  expect(without.length).toBeLessThan(all.length / 5);
  expect(CURES.length).toBeGreaterThan(200);
});
