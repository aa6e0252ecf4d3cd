import { describe, expect, it } from "vitest";
import { World } from "../../clouds/world.ts";
import { ScaledClock } from "../../clouds/clock.ts";
import { FakeClusters, FakeDatabases } from "../../clouds/fake-backends.ts";
import type { Call } from "../../faults/calls.ts";
import { Waves } from "../../faults/waves.ts";

const world = new World({
  clusters: new FakeClusters(),
  databases: new FakeDatabases(),
  clock: new ScaledClock(0),
});

/** Runs two calls of which the second waits for the first, and records where they stopped. */
async function stops(when: Call["when"] | "both", failed = false): Promise<readonly string[]> {
  const seen: string[] = [];
  const waves = new Waves({ world }, when, {
    reached: ({ at, calls }) => {
      seen.push(`${at}: ${calls.map((call) => `${call.when} ${call.ref.name}`).join(", ")}`);
    },
  });
  const type = "digitalocean:index/vpc:Vpc";
  const boundary = async (name: string, side: Call["when"]): Promise<void> => {
    const ref = { type, name, urn: `urn::${type}::${name}` };
    await waves.watcher({ kind: "create", when: side, failed: failed && side === "after", ref });
  };
  for (const name of ["first", "second"]) {
    await boundary(name, "before");
    await boundary(name, "after");
  }
  return seen;
}

describe("a boundary of a call at which no kill is tried", () => {
  it("each call stands still before its effect and after it, in its order", async () => {
    expect(await stops("both")).toEqual([
      "0: before first",
      "1: after first",
      "2: before second",
      "3: after second",
    ]);
  });

  it("or at the one side that is asked for", async () => {
    expect(await stops("before")).toEqual(["0: before first", "1: before second"]);
    expect(await stops("after")).toEqual(["0: after first", "1: after second"]);
  });

  it("one that failed by itself has no effect to be cut off after", async () => {
    expect(await stops("both", true)).toEqual(["0: before first", "1: before second"]);
  });
});
