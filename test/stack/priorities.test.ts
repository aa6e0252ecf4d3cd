import { expect, test, vi } from "vitest";
import { classesOf, PRIORITIES } from "../../domain/priorities.ts";
import { amountOf, RESOURCES, webResources } from "../../domain/resources.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";
import { comesBefore, ofType, podsOf } from "./views.ts";

const CLASS = "kubernetes:scheduling.k8s.io/v1:PriorityClass";

/** The plan of a program whose queues have another value. */
async function withAnotherValue(): Promise<Plan> {
  const levels = { ...PRIORITIES, background: { ...PRIORITIES.background, value: 600 } };
  vi.resetModules();
  vi.doMock("../../domain/priorities.ts", () => ({ PRIORITIES: classesOf(levels) }));
  try {
    const program = await import("../../plan/plan-stack.ts");
    return await program.planStack();
  } finally {
    vi.doUnmock("../../domain/priorities.ts");
    vi.resetModules();
  }
}

const before = await planStack();
const after = await withAnotherValue();

const classesIn = (plan: Plan): ReadonlyMap<string, unknown> =>
  new Map(ofType(plan, CLASS).map(({ urn, inputs }) => [urn, inputs]));
const classOf = (plan: Plan): ReadonlyMap<string, unknown> =>
  new Map(podsOf(plan).map(({ name, spec }) => [name, spec["priorityClassName"]]));

test("another value is another class beside the old one: Kubernetes refuses to change one in place", () => {
  const [old, young] = [classesIn(before), classesIn(after)];
  const gone = [...old.keys()].filter((urn) => !young.has(urn));
  const come = [...young.keys()].filter((urn) => !old.has(urn));
  expect(gone.map((urn) => urn.split("::").at(-1))).toEqual(["mastodon-background-500"]);
  expect(come.map((urn) => urn.split("::").at(-1))).toEqual(["mastodon-background-600"]);
  // An object that keeps its identity keeps every field that can't be changed.
  for (const [urn, inputs] of old) if (young.has(urn)) expect(young.get(urn)).toEqual(inputs);
});

test("it rolls the pods of that class to the new one, which is there before them, and no other pod", () => {
  const moved = [...classOf(after)].filter(([name, to]) => classOf(before).get(name) !== to);
  expect(moved.sort()).toEqual([
    ["sidekiq-default", "mastodon-background-600"],
    ["sidekiq-federation", "mastodon-background-600"],
    ["sidekiq-scheduler", "mastodon-background-600"],
  ]);
});

test.each([
  ["as committed", before],
  ["with another value", after],
])("no pod is of a class that is not there when the pod is made: %s", (_what, plan) => {
  const urns = new Map(
    ofType(plan, CLASS).map(({ urn, inputs }) => [
      (inputs["metadata"] as { name: string }).name,
      urn,
    ]),
  );
  const ours = podsOf(plan).filter(({ name }) => name !== "metrics-server");
  expect(ours.length).toBeGreaterThan(10);
  for (const { owner, name, spec } of ours)
    expect(comesBefore(plan, owner), name).toContain(urns.get(spec["priorityClassName"] as string));
});

test("what serves takes no place from a running release, nor a release from what serves", () => {
  // Only a higher value preempts.
  expect(PRIORITIES.release.value).toBe(PRIORITIES.serving.value);
  expect(PRIORITIES.release.value).toBeGreaterThan(PRIORITIES.background.value);
});

test("a release finds room at the ceiling: the web pod that a rollout brings is counted there, and is no smaller", () => {
  const web = amountOf(webResources({ workers: 1 }));
  for (const name of ["migration", "preflight", "grants"] as const) {
    const { millicpu, mib } = amountOf(RESOURCES[name]);
    expect([name, millicpu <= web.millicpu, mib <= web.mib]).toEqual([name, true, true]);
  }
});
