import type { Plan } from "../../plan/plan-stack.ts";
import { flowchart } from "./flowchart.ts";

/**
 * Order of a release, from a plan: the Jobs, the workloads and the edge, with the dependencies
 * between them.
 */

/** Resource types with a step in a release; a ConfigMap or a policy has none. */
const STEPS = /:(Job|Deployment|Ruleset)$/u;

/** A diagram of the steps, from the first to the last. */
export function releaseOrder(plan: Plan): string {
  const owners = ownersOf(plan);
  const acting = plan.resources.filter(({ type }) => STEPS.test(type));
  const steps = [...new Set(acting.flatMap(({ urn }) => owners.get(urn) ?? []))];
  const before = new Map(steps.map((step) => [step, new Set<string>()]));
  for (const { urn, dependencies } of plan.resources) {
    const step = owners.get(urn) ?? "";
    for (const one of dependencies) {
      const other = owners.get(one) ?? "";
      if (other !== step && before.has(other)) before.get(step)?.add(other);
    }
  }
  return flowchart(before);
}

/** Top-level component of each resource, by name. */
function ownersOf({ resources }: Plan): ReadonlyMap<string, string> {
  const byUrn = new Map(resources.map((each) => [each.urn, each]));
  const root = resources[0]?.urn ?? "";
  return new Map(
    resources.flatMap((resource) => {
      let top = resource;
      for (let up = byUrn.get(top.parent); up !== undefined && up.urn !== root;) {
        top = up;
        up = byUrn.get(top.parent);
      }
      return resource.urn === root ? [] : [[resource.urn, top.name] as const];
    }),
  );
}
