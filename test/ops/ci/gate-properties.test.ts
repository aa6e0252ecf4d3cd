import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide, type Decision } from "../../../ops/ci/gate.ts";
import type { MainCommit } from "../../../ops/ci/landed.ts";
import type { Operation, Step } from "../../../ops/report/step-marks.ts";
import type { Level } from "../../../ops/report/verdict.ts";
import { change, deploy, merged, WEB } from "./gate-scene.ts";

const LEVELS: readonly Level[] = [0, 1, 2, 3, 4, 5];

describe("whatever was merged and whatever a deploy would do", () => {
  const operations: readonly Operation[] = [
    ...["create", "update", "replace", "replace-first", "delete", "import", "left-over"],
  ] as Operation[];
  const step = fc.record({
    operation: fc.constantFrom(...operations),
    name: fc.constantFrom("web", "streaming", "pool", "assets", "cluster"),
    level: fc.constantFrom<Level>(1, 2, 3, 4),
  });
  const steps = fc
    .uniqueArray(step, { selector: ({ name }) => name, maxLength: 5 })
    .map((list) => list.map(({ operation, name, level }) => change(operation, name, level)));
  const reviews = fc.array(steps, { minLength: 1, maxLength: 4 });
  const goesOn = (decision: Decision): boolean => decision.stop === undefined;
  const at = (lists: readonly (readonly Step[])[]): readonly MainCommit[] =>
    lists.map((list, index) => merged(index + 1, list));

  it("a step on a resource that is in no preview always stops it, and is named", () => {
    fc.assert(
      fc.property(reviews, steps, step, (lists, others, { operation, level }) => {
        const alien = change(operation, "alien", level);
        const decision = decide(deploy(at(lists), [...others, alien]));
        expect(goesOn(decision)).toBe(false);
        expect(["worse", "other-steps"]).toContain(decision.stop);
        expect(decision.steps).toContainEqual(expect.stringContaining("`alien` (Deployment)"));
      }),
    );
  });

  it("a step that was reviewed as an update goes on as nothing but an update that is no worse", () => {
    fc.assert(
      fc.property(reviews, step, step, (lists, { operation, level }, reviewed) => {
        const list = [change("update", "alien", reviewed.level)];
        const decision = decide(deploy(at([...lists, list]), [change(operation, "alien", level)]));
        expect(goesOn(decision)).toBe(operation === "update" && level <= reviewed.level);
      }),
    );
  });

  it.each<[Operation, string]>([
    // The rest of a creation, and of a replacement: an earlier deploy failed in the middle.
    ["create", "create, update, replace, replace-first"],
    ["replace", "create, update, replace, left-over"],
    ["replace-first", "create, update, replace, replace-first, left-over"],
    ["import", "update, import"],
    // A reviewed update permits nothing else, and nothing but a reviewed deletion permits one.
    ["update", "update"],
    ["delete", "delete"],
    ["left-over", "left-over"],
  ])("a reviewed %s permits: %s", (reviewed, permitted) => {
    const commits = [merged(7, [change(reviewed, "web")])];
    const permits = operations.filter((operation) =>
      goesOn(decide(deploy(commits, [change(operation, "web")]))),
    );
    expect(permits.join(", ")).toBe(permitted);
  });

  it("nothing is deleted that no preview deleted", () => {
    fc.assert(
      fc.property(reviews, steps, (lists, own) => {
        const deleted = new Set(
          lists.flat().flatMap(({ operation, name }) => (operation === "delete" ? [name] : [])),
        );
        const all = own.filter(({ operation }) => operation === "delete");
        if (!goesOn(decide(deploy(at(lists), own)))) return;
        expect(all.filter(({ name }) => !deleted.has(name))).toEqual([]);
      }),
    );
  });

  it("every step of every preview together goes on", () => {
    fc.assert(
      fc.property(reviews, (lists) => {
        const own = [...new Map(lists.flat().map((each) => [each.name, each])).values()];
        const remaining = lists.flat().map(({ urn }) => urn);
        expect(decide(deploy(at(lists), own, { remaining }))).toEqual({ says: expect.any(String) });
      }),
    );
  });

  it("no verdict of a comment lets a worse preview through, or one that a rule refuses", () => {
    for (const level of LEVELS)
      for (const claimed of LEVELS)
        for (const refused of [false, true]) {
          const reviewed = merged(7, [WEB], { level: claimed });
          const decision = decide(deploy([reviewed], [WEB], { level, refused }));
          expect(goesOn(decision)).toBe(
            level <= claimed && claimed >= 1 && claimed < 5 && !refused,
          );
        }
  });
});
