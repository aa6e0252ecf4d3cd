import { expect, test } from "vitest";
import { readStackFile } from "../../plan/stack-file.ts";
import { planStack, type Plan } from "../../plan/plan-stack.ts";

/** All resources of metrics-server in a plan. */
async function measuring(raw: Readonly<Record<string, unknown>>): Promise<Plan["resources"]> {
  const { resources } = await planStack(raw);
  return resources.filter(({ name }) => name.startsWith("metrics-server"));
}

const stack = readStackFile() as { readonly cluster: object };

test("an autoscaler has something to measure by, unless the cluster says that it has: a second one fails on the first one's names", async () => {
  expect((await measuring(stack)).length).toBeGreaterThan(5);
  const present = { ...stack, cluster: { ...stack.cluster, metricsServer: "present" } };
  expect(await measuring(present)).toEqual([]);
});
