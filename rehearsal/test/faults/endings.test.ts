import { describe, expect, it } from "vitest";
import { endAfterRecover } from "../../faults/fault-cells.ts";

describe("a cell that nobody can end, and that counts as a person's turn", () => {
  const [well, typed, faults] = [true, "", [] as readonly string[]];

  it("recover that is refused or crashes, and names no line, has no end", () => {
    expect(endAfterRecover({ well: false, typed, faults })).toBe("no end");
  });

  it("an update that fails after all that was named is typed has no end", () => {
    const failed = ['jobs.batch "it" already exists'];
    expect(endAfterRecover({ well, typed, faults: failed })).toBe("no end");
    expect(endAfterRecover({ well: false, typed: "Written.", faults: failed })).toBe("no end");
  });

  it("a line that was typed and led to the end is a person's turn", () => {
    expect(endAfterRecover({ well: false, typed: "Written.", faults })).toBe("needs a person");
    expect(endAfterRecover({ well, typed, faults })).toBe("converged after recover");
  });
});
