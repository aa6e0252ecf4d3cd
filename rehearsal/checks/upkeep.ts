import { NAMESPACE } from "../../config/topology.ts";
import { reasonOf, type Cluster } from "../../ops/pods/cluster.ts";
import { ended, withPod } from "../../ops/pods/lifetime.ts";
import { checkOf, type Check } from "./check.ts";

/**
 * Checks that each nightly task can run. A Job created now from its CronJob, as `kubectl create job
 * --from` does, must be admitted and scheduled. Otherwise the fault would appear in the first
 * night, unnoticed. The end of the Job is simulated.
 */
export async function checkUpkeep(cluster: Cluster): Promise<Check> {
  const { items } = await cluster.batch.listNamespacedCronJob({ namespace: NAMESPACE });
  const faults = await Promise.all(
    items.map(async ({ metadata, spec }) => {
      const { jobTemplate } = spec!;
      const job = {
        metadata: { ...jobTemplate.metadata, generateName: `${metadata!.name}-now-` },
        spec: jobTemplate.spec!,
      };
      const { signal } = new AbortController();
      try {
        const { status } = await withPod(cluster, job, signal, (pod) =>
          ended(cluster, pod, signal),
        );
        return status === 0 ? [] : [`${metadata!.name} ended with ${status}`];
      } catch (error) {
        return [`${metadata!.name}: ${reasonOf(error)}`];
      }
    }),
  );
  return checkOf(
    "each nightly task, begun now, is admitted and placed",
    items.length === 0 ? ["there is no CronJob"] : faults.flat(),
    items.map(({ metadata, spec }) => `${metadata!.name} at ${spec!.schedule}`).join(", "),
  );
}
