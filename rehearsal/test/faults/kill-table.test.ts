import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Call } from "../../faults/calls.ts";
import {
  coverageCheck,
  killChecks,
  killRows,
  killTable,
  type Exempt,
} from "../../faults/kill-table.ts";
import type { KillCell } from "../../faults/kills.ts";
import { countDifferences, plannedCounts } from "../../faults/planned-counts.ts";

const DATABASE = "digitalocean:index/databaseCluster:DatabaseCluster";
const KEY = "cloudflare:index/accountToken:AccountToken";

function call(type: string, kind: Call["kind"], when: Call["when"]): Call {
  return { kind, when, failed: false, ref: { type, name: "it", urn: `urn::${type}::it` } };
}

const GOOD: KillCell = {
  act: "first update",
  at: 0,
  calls: [call(DATABASE, "create", "before"), call(KEY, "create", "before")],
  seconds: 1,
  left: [],
  faults: [],
};

describe("a kill that does not converge and stands in the table as if it did", () => {
  const bad: KillCell = {
    ...GOOD,
    at: 1,
    calls: [call(DATABASE, "create", "after"), call(DATABASE, "create", "after")],
    faults: ["2 databases"],
  };

  it("each type, operation and side of the effect has its row", () => {
    expect(killTable(killRows([GOOD, bad])).rows).toEqual([
      [KEY, "create", "before the effect", 1, "converged"],
      [DATABASE, "create", "before the effect", 1, "converged"],
      [DATABASE, "create", "after the effect", 2, "2 did not converge"],
    ]);
  });

  it("fails the check of its type alone, with the wave that shows it", () => {
    expect(killChecks(killRows([GOOD, bad])).map(({ passed }) => passed)).toEqual([true, false]);
    expect(killChecks(killRows([bad]))[0]?.detail).toBe("first update, wave 1: 2 databases");
  });

  it("says where something is left over, and only there", () => {
    const left = [{ type: KEY, id: "old", name: "key" }];
    const outcomes = killTable(killRows([{ ...GOOD, left }])).rows.map((row) => row.at(-1));
    expect(outcomes).toEqual(["converged; one is left over, named", "converged"]);
  });
});

describe("a type at which no kill was tried, and nobody misses it", () => {
  const sides = (["create", "update", "delete"] as const).flatMap((kind) =>
    (["before", "after"] as const).map((when) => call(DATABASE, kind, when)),
  );
  const passed = (calls: readonly Call[], types: readonly string[], exempt: Exempt = {}) =>
    coverageCheck(killRows([{ ...GOOD, calls }]), types, exempt).passed;

  it("each side of its create, of its update and of its delete is asked for", () => {
    expect(passed(sides, [DATABASE])).toBe(true);
    for (const side of sides)
      expect(
        passed(
          sides.filter((each) => each !== side),
          [DATABASE],
        ),
      ).toBe(false);
    expect(passed(sides, [DATABASE, KEY])).toBe(false);
  });

  it("but a call that it never has", () => {
    expect(passed(sides.slice(0, 4), [DATABASE], { [DATABASE]: "delete" })).toBe(true);
    expect(passed(sides.slice(0, 4), [DATABASE], { [DATABASE]: "update" })).toBe(false);
    expect(passed(sides.slice(0, 3), [DATABASE], { [DATABASE]: "delete" })).toBe(false);
  });
});

describe("one database too many that nobody counts", () => {
  it("the numbers are the plan's, not those of a world that an engine made", async () => {
    const planned = await plannedCounts(
      readFileSync(join(import.meta.dirname, "../../../Pulumi.prod.yaml"), "utf8"),
    );
    expect(planned.get(DATABASE)).toBe(2);
    const clouds = [...planned].flatMap(([type, count]) =>
      Array.from({ length: count }, (_, at) => ({ type, id: String(at), name: "" })),
    );
    expect(countDifferences(clouds, planned)).toEqual([]);
    expect(countDifferences([...clouds, { type: DATABASE, id: "2", name: "" }], planned)).toEqual([
      `3 ${DATABASE}, and the plan has 2`,
    ]);
    expect(countDifferences(clouds.slice(1), planned)).toHaveLength(1);
    expect(countDifferences(clouds, new Map())).toHaveLength(planned.size);
  });
});
