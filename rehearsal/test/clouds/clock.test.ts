import { describe, expect, it } from "vitest";
import { ScaledClock, type TimedOperation } from "../../clouds/clock.ts";
import { Cloud } from "./cloud.ts";
import { DATABASE, postgresInputs } from "./standard.ts";

const operation: TimedOperation = {
  urn: "urn:pulumi:dev::test::t::a",
  type: "t",
  operation: "create",
  realSeconds: 60,
  source: "a test",
};

describe("a timeline that tells another length than the real one", () => {
  it("five minutes wait five minutes times the scale, and are recorded as five minutes", async () => {
    const clock = new ScaledClock(1 / 1000);
    const began = performance.now();
    await clock.run(operation, async () => 1);
    expect(performance.now() - began).toBeGreaterThanOrEqual(55);
    expect(clock.records).toMatchObject([{ ...operation }]);
    expect(clock.durationsByUrn().get(operation.urn)?.seconds).toBe(60);
  });

  it("work that is real counts towards the time, and isn't added to it", async () => {
    const clock = new ScaledClock(1 / 60);
    const began = performance.now();
    await clock.run(operation, () => new Promise((resolve) => setTimeout(resolve, 1_000)));
    expect(performance.now() - began).toBeLessThan(2_000);
  });

  it("what failed is not recorded as done", async () => {
    const clock = new ScaledClock(0);
    await expect(clock.run(operation, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(clock.records).toEqual([]);
  });

  it("every operation of the clouds is recorded with its source", async () => {
    const cloud = new Cloud();
    const made = await cloud.make(DATABASE, "pg", postgresInputs);
    await cloud.remove(made);
    expect(cloud.clock.records.map(({ operation: what }) => what)).toEqual(["create", "delete"]);
    expect(cloud.clock.records[0]).toMatchObject({ urn: made.ref.urn, realSeconds: 250 });
    expect(cloud.clock.records[0]?.source).not.toBe("");
  });
});
