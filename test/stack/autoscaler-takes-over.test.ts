import fc from "fast-check";
import { expect, test } from "vitest";
import { isAutoscaled, replicasOf } from "../../k8s/autoscaler.ts";

/**
 * What Kubernetes takes where a Deployment says nothing (kubernetes/api `apps/v1/types.go`,
 * `Replicas`).
 */
const DEFAULT_REPLICAS = 1;

const workloads = fc
  .record({ replicas: fc.integer({ min: 1, max: 9 }), more: fc.integer({ min: 0, max: 5 }) })
  .map(({ replicas, more }) => ({ replicas, maxReplicas: replicas + more, stopped: false }));

test("room to grow that comes or goes takes no pod away before the autoscaler has looked", () => {
  fc.assert(
    fc.property(workloads, workloads, (before, after) => {
      // Held by an autoscaler, the number stays until a new one is looked at.
      if (isAutoscaled(before) && isAutoscaled(after)) return;
      const stated = replicasOf(after).replicas ?? DEFAULT_REPLICAS;
      const ran = isAutoscaled(before) ? before.maxReplicas : before.replicas;
      // Fewer pods only where fewer are asked for.
      expect(stated).toBeGreaterThanOrEqual(Math.min(ran, after.replicas));
    }),
  );
});
