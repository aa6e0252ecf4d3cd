import type { Amount } from "../../facts/digitalocean/droplets.ts";
import { amountOf, RESOURCES, webResources } from "../resources.ts";
import type { StackConfig } from "../../config/schema.ts";
import { mostOf, workloadsOf, type Running } from "./pods.ts";

/**
 * Jobs and operators' pods that may run at the same time: a migration, grants, a clean-up, two
 * consoles.
 */
const BESIDE = 6;

/** Maximum resources that the namespace ever needs. */
export interface NamespaceCeiling extends Amount {
  readonly pods: number;
}

/**
 * Maximum resources that the namespace ever needs. It counts every Deployment at maximum scale and
 * in a rollout. Each additional Job or pod counts as much as a web pod or a migration. Anything
 * above this is a mistake and must not starve the serving pods.
 */
export function namespaceCeiling(config: Running & Pick<StackConfig, "web">): NamespaceCeiling {
  const workloads = workloadsOf(config);
  const [web, migration] = [amountOf(webResources(config.web)), amountOf(RESOURCES.migration)];
  const beside = {
    millicpu: BESIDE * Math.max(web.millicpu, migration.millicpu),
    mib: BESIDE * Math.max(web.mib, migration.mib),
  };
  return workloads.reduce<NamespaceCeiling>(
    (sum, workload) => ({
      pods: sum.pods + mostOf(workload),
      millicpu: sum.millicpu + mostOf(workload) * workload.each.millicpu,
      mib: sum.mib + mostOf(workload) * workload.each.mib,
    }),
    { pods: BESIDE, ...beside },
  );
}
