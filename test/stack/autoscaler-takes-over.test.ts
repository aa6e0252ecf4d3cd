import fc from "fast-check";
import { expect, test } from "vitest";
import { isAutoscaled, replicasOf } from "../../k8s/autoscaler.ts";

/** Kubernetes' default for a Deployment (kubernetes/api `apps/v1/types.go`, `Replicas`). */
const DEFAULT_REPLICAS = 1;

const workloads = fc
  .record({ replicas: fc.integer({ min: 1, max: 9 }), more: fc.integer({ min: 0, max: 5 }) })
  .map(({ replicas, more }) => ({ replicas, maxReplicas: replicas + more, stopped: false }));

test("room to grow that comes or goes takes no pod away before the autoscaler has looked", () => {
  fc.assert(
    fc.property(workloads, workloads, (before, after) => {
      // With an autoscaler, the number stays until a new autoscaler has measured.
      if (isAutoscaled(before) && isAutoscaled(after)) return;
      const stated = replicasOf(after).replicas ?? DEFAULT_REPLICAS;
      const ran = isAutoscaled(before) ? before.maxReplicas : before.replicas;
      // Fewer pods only if fewer are configured.
      expect(stated).toBeGreaterThanOrEqual(Math.min(ran, after.replicas));
    }),
  );
});
