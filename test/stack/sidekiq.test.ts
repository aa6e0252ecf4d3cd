import { expect, test } from "vitest";
import { SIDEKIQ_QUEUES } from "../../config/sidekiq.ts";
import { planStack } from "../../rehearsal/plan/plan-stack.ts";
import { podsOf } from "./views.ts";

const plan = await planStack();

interface Deployment {
  readonly spec: { readonly replicas: number; readonly strategy: { readonly type?: string } };
}

const groups = podsOf(plan)
  .filter(({ containers }) => containers.some(({ args }) => args?.includes("sidekiq") === true))
  .map(({ name, owner, containers }) => {
    const args =
      containers.find((container) => container.args?.includes("sidekiq") === true)?.args ?? [];
    return {
      name,
      deployment: (owner.inputs as unknown as Deployment).spec,
      queues: args.flatMap((arg, at) => (args[at - 1] === "-q" ? [arg.replace(/,\d+$/u, "")] : [])),
    };
  });

test("each of the seven queues is worked by exactly one Deployment: an unworked one keeps its jobs for ever", () => {
  expect(SIDEKIQ_QUEUES).toHaveLength(7);
  expect(groups.flatMap(({ queues }) => queues).sort()).toEqual([...SIDEKIQ_QUEUES].sort());
});

test("periodic jobs run once: the scheduler is alone, has one replica, and never overlaps its successor", () => {
  const schedulers = groups.filter(({ queues }) => queues.includes("scheduler"));
  expect(schedulers).toHaveLength(1);
  expect(schedulers[0]).toMatchObject({
    queues: ["scheduler"],
    deployment: { replicas: 1, strategy: { type: "Recreate" } },
  });
});
