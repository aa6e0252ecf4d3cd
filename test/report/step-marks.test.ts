import fc from "fast-check";
import { expect, test } from "vitest";
import { digestOf, marksOf, MOST_MARKS, readMarks } from "../../ops/report/step-marks.ts";
import type { Operation, Step } from "../../ops/report/step-marks.ts";
import type { Level } from "../../ops/report/verdict.ts";
import { planStack } from "../../plan/plan-stack.ts";
import { EVERY_OPTION } from "../config/every-option.ts";
import { MEDIUM } from "./scene.ts";

const OPERATIONS: readonly Operation[] = [
  ...(["create", "update", "replace", "replace-first", "delete", "import", "left-over"] as const),
];

test("marks come back as they were written, whatever the resources are called", () => {
  const step = fc.record({
    operation: fc.constantFrom(...OPERATIONS),
    level: fc.constantFrom<Level>(0, 1, 2, 3, 4),
    urn: fc.string(),
    type: fc.constant("a:b:C"),
    name: fc.constant("d"),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
      const marks = readMarks(marksOf(steps) ?? "");
      const written = steps.map(({ operation, level, urn }) => ({
        ...{ operation, level, digest: digestOf(urn) },
      }));
      expect(marks).toHaveLength(steps.length);
      expect(marks).toEqual(expect.arrayContaining(written));
    }),
  );
});

test("the largest stack made from nothing has room in a comment, each resource by a hash of its own", async () => {
  const { resources } = await planStack({ ...MEDIUM, ...EVERY_OPTION });
  const steps = resources.map(({ urn, type, name }): Step => ({
    ...{ operation: "create", level: 1, urn, type, name },
  }));
  const marks = readMarks(marksOf(steps) ?? "");
  expect(marks).toHaveLength(resources.length);
  expect(resources.length).toBeLessThan(0.75 * MOST_MARKS);
  expect(new Set(marks?.map(({ digest }) => digest)).size).toBe(resources.length);
});

test("more steps than have room are no list: a part of it would make steps look reviewed or not", () => {
  const step: Step = { operation: "update", level: 1, urn: "a", type: "b", name: "c" };
  expect(marksOf(Array.from({ length: MOST_MARKS }, () => step))).toHaveLength(10 * MOST_MARKS);
  expect(marksOf(Array.from({ length: MOST_MARKS + 1 }, () => step))).toBeUndefined();
});
