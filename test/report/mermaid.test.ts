import { expect, test } from "vitest";
import { schedule } from "../../domain/schedule.ts";
import { mermaidOf } from "../../ops/report/mermaid.ts";

test("a chart whose bars all begin at 0 shows no order: starts and ends are milliseconds", () => {
  const order = schedule([
    { id: "first", label: "preflight", seconds: 45, after: [] },
    { id: "second", label: "migrate: before", seconds: 90, after: ["first"] },
  ]);
  expect(mermaidOf(order)).toEqual([
    "",
    "**Order, in minutes; its durations are assumed**",
    "",
    "```mermaid",
    "gantt",
    // Mermaid 11 reads a start in seconds (`X`) as milliseconds. Drawn by it in a browser.
    "  dateFormat x",
    "  axisFormat %s",
    "  tickInterval 1second",
    "  preflight :crit, 0, 750",
    "  migrate  before :crit, 750, 2250",
    "```",
  ]);
});

test("an axis of an hour stays readable", () => {
  const order = schedule([
    { id: "first", label: "a", seconds: 600, after: [] },
    { id: "second", label: "b", seconds: 3_000, after: ["first"] },
  ]);
  expect(mermaidOf(order)).toContain("  tickInterval 5second");
});
