import { describe, expect, it } from "vitest";
import { standstillSeconds } from "../../../k8s/sidekiq-liveness.ts";
import { goodbyeFaults, greedyFaults } from "../../checks/accidents.ts";
import { judgeStandstill } from "../../checks/standstill.ts";

const killed = {
  ...{ name: "greedy", image: "", imageID: "", ready: false, restartCount: 1 },
  lastState: { terminated: { reason: "OOMKilled", exitCode: 137 } },
  state: { waiting: { reason: "CrashLoopBackOff" } },
};

describe("what befalls a pod is judged", () => {
  it("killed for want of memory, started again, made to wait", () => {
    expect(greedyFaults(killed)).toEqual([]);
    expect(greedyFaults(undefined)).toHaveLength(3);
    const ended = { terminated: { reason: "Error", exitCode: 1 } };
    expect(greedyFaults({ ...killed, lastState: ended })).toEqual(["it ended as Error, 1"]);
    expect(greedyFaults({ ...killed, state: {} })).toEqual(["it is not made to wait"]);
  });

  it("a request that breaks off, one that is not let in, and a pod that outstays its grace", () => {
    const well = { running: 200, leaving: 200, goneAfter: 15, grace: 45 };
    expect(goodbyeFaults(well)).toEqual([]);
    expect(goodbyeFaults({ ...well, running: undefined })).toHaveLength(1);
    expect(goodbyeFaults({ ...well, leaving: 503 })).toHaveLength(1);
    expect(goodbyeFaults({ ...well, goneAfter: 50 })).toHaveLength(1);
  });

  it("a Sidekiq that stands still for longer than is computed, or was ended by something else", () => {
    const { fewest, most } = standstillSeconds();
    expect(judgeStandstill(fewest)).toEqual([]);
    expect(judgeStandstill(most)).toEqual([]);
    // Its duration before the probe had its own grace period and interval.
    expect(judgeStandstill(240)).toHaveLength(1);
    expect(judgeStandstill(30)).toHaveLength(1);
    expect(judgeStandstill(undefined)).toHaveLength(1);
  });
});
