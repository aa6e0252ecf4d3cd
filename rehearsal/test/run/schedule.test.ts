import { expect, test } from "vitest";
import fc from "fast-check";
import { formatDuration } from "../../../pages/duration.ts";
import { schedule, type Task } from "../../../domain/schedule.ts";

const task = (id: string, seconds: number, after: readonly string[] = []): Task => ({
  id,
  label: id,
  seconds,
  after,
});

test("the critical path names the chain that decides the rebuild, not the longest single step", () => {
  const plan = schedule([
    task("vpc", 2),
    task("cluster", 360, ["vpc"]),
    task("postgres", 400, ["vpc"]),
    task("web", 60, ["cluster", "postgres"]),
    task("namespace", 0, ["cluster"]),
    task("nodes", 180, ["cluster"]),
    task("pods", 60, ["nodes", "namespace"]),
  ]);
  expect(plan.criticalPath.map(({ id }) => id)).toEqual(["vpc", "cluster", "nodes", "pods"]);
  expect(plan.totalSeconds).toBe(602);
});

test("of steps that end at once the path takes the same one, in whatever order they are told", () => {
  const records = ["web", "assets", "streaming"];
  const paths = [records, [...records].reverse()].map((order) =>
    schedule([
      ...order.map((name) => task(name, 1)),
      task("checks", 1, order),
      ...order.map((name) => task(`${name} alert`, 1, ["checks"])),
    ]).criticalPath.map(({ id }) => id),
  );
  expect(paths).toEqual([
    ["assets", "checks", "assets alert"],
    ["assets", "checks", "assets alert"],
  ]);
});

test("a dependency that was not part of the update counts as done", () => {
  expect(schedule([task("web", 60, ["postgres"])]).totalSeconds).toBe(60);
});

test("a circle is named instead of looping for ever", () => {
  expect(() => schedule([task("a", 1, ["b"]), task("b", 1, ["a"])])).toThrow("a → b → a");
});

test("nothing starts before what it waits for, and the total is the end of the path", () => {
  const plans = fc
    .array(fc.tuple(fc.nat(500), fc.array(fc.nat(30), { maxLength: 4 })), { maxLength: 30 })
    .map((rows) =>
      rows.map(([seconds, after], i) =>
        task(
          `t${i}`,
          seconds,
          after.filter((j) => j < i).map((j) => `t${j}`),
        ),
      ),
    );
  fc.assert(
    fc.property(plans, (tasks) => {
      const plan = schedule(tasks);
      const ends = new Map(plan.tasks.map((t) => [t.id, t.endsAt]));
      for (const t of plan.tasks)
        for (const other of t.after)
          expect(t.startsAt).toBeGreaterThanOrEqual(ends.get(other) ?? 0);
      const path = plan.criticalPath.reduce((sum, t) => sum + t.seconds, 0);
      expect(path).toBe(plan.totalSeconds);
    }),
  );
});

test.each([
  [0, "0s"],
  [45, "45s"],
  [60, "1m 00s"],
  [372, "6m 12s"],
])("%d seconds read as %s", (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});
