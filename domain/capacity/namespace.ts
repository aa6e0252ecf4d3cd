import type { Amount } from "../../facts/digitalocean/droplets.ts";
import { amountOf, RESOURCES, webResources } from "../resources.ts";
import type { StackConfig } from "../../config/schema.ts";
import { mostOf, workloadsOf, type Running } from "./pods.ts";

/**
 * Jobs and pods of a person that may run beside everything else: a migration, grants, a clean-up,
 * two consoles.
 */
const BESIDE = 6;

/** The most that the namespace ever needs. */
export interface NamespaceCeiling extends Amount {
  readonly pods: number;
}

/**
 * The most that the namespace ever needs: every Deployment at its ceiling and in a rollout, and
 * what runs beside it, each as large as a web pod or a migration. More is a mistake of somebody,
 * and must not take the nodes from what serves.
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
