import type { V1Pod } from "@kubernetes/client-node";
import { describe, expect, test } from "vitest";
import { PodCount } from "../../checks/serving-pods.ts";
import { countedPod } from "./counted-pod.ts";

const BOUNDS = { ready: { web: 2 }, atMost: { "sidekiq-scheduler": 1 } };

function pod(
  component: string,
  name: string,
  how: { readonly ready?: boolean; readonly leaving?: boolean; readonly phase?: string } = {},
): V1Pod {
  const { ready = true, leaving = false, phase = "Running" } = how;
  return {
    metadata: countedPod(component, name, leaving),
    status: { phase, conditions: [{ type: "Ready", status: ready ? "True" : "False" }] },
  };
}

const two = [pod("web", "web-a"), pod("web", "web-b"), pod("sidekiq-scheduler", "s-a")];

test("a rollout that brings the new pod before the old one goes is no breach", () => {
  const count = new PodCount(BOUNDS, two);
  count.put(pod("web", "web-c", { ready: false }));
  count.put(pod("web", "web-c"));
  count.put(pod("web", "web-a", { leaving: true }));
  count.remove(pod("web", "web-a"));
  expect(count.breaches).toEqual([]);
  expect(count.summary).toBe("web 2 at least, sidekiq-scheduler 1 at most, over 4 changes");
});

describe("a gap is seen, however short", () => {
  test.each([
    ["a pod that is told to go gets nothing more", pod("web", "web-a", { leaving: true })],
    ["a pod that isn't ready gets nothing", pod("web", "web-a", { ready: false })],
    ["a pod that ended serves nobody", pod("web", "web-a", { phase: "Failed" })],
  ])("%s", (_why, changed) => {
    const count = new PodCount(BOUNDS, two);
    count.put(changed);
    count.put(pod("web", "web-a"));
    expect(count.breaches).toEqual(["after a change of web-a, 1 of 2 web served"]);
  });

  test("a pod that is gone", () => {
    const count = new PodCount(BOUNDS, two);
    count.remove(two[0]!);
    expect(count.breaches).toEqual(["after web-a was gone, 1 of 2 web served"]);
  });

  test("from the beginning", () => {
    expect(new PodCount(BOUNDS, []).breaches).toEqual(["at the beginning, 0 of 2 web served"]);
  });
});

test("a second scheduler counts from the moment it exists until it is gone: one that starts or leaves runs periodic jobs, too", () => {
  const count = new PodCount(BOUNDS, two);
  count.put(pod("sidekiq-scheduler", "s-a", { leaving: true }));
  count.put(pod("sidekiq-scheduler", "s-b", { phase: "Pending", ready: false }));
  expect(count.breaches).toEqual(["after a change of s-b, there were 2 of sidekiq-scheduler"]);
  const after = new PodCount(BOUNDS, two);
  after.put(pod("sidekiq-scheduler", "s-a", { phase: "Succeeded" }));
  after.put(pod("sidekiq-scheduler", "s-b"));
  expect(after.breaches).toEqual([]);
});
