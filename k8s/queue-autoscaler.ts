import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { exported } from "../observability/alert.ts";
import type { SidekiqQueue } from "../facts/mastodon/minors.ts";
import { JOBS_PER_THREAD, SCALE_AT_SECONDS } from "../domain/queue-scaling.ts";
import { CALM_SECONDS, isAutoscaled, type Scaled } from "./autoscaler.ts";
import { metadataOf } from "./pod.ts";

/** A Sidekiq group that scales by its queues. */
export interface ScaledByQueues extends Scaled {
  readonly queues: readonly SidekiqQueue[];
  /** Threads of one pod. */
  readonly concurrency: number;
  readonly prometheusUrl: string;
}

/** Number of failed queries in a row, every 30 s, after which KEDA uses the fallback. */
const FAILURES = 3;

/**
 * Lets KEDA add pods of a Sidekiq group by the latency of its queues and by the jobs that wait for
 * each thread. The larger demand counts. A group with a maximum of one pod, as the scheduler's, has
 * none. Both are averages over the pods (`AverageValue`), the only kind that KEDA's fallback covers
 * (https://keda.sh/docs/latest/reference/scaledobject-spec/#fallback).
 */
export function queueAutoscaler(
  name: string,
  scaled: ScaledByQueues,
  deployment: kubernetes.apps.v1.Deployment,
  parent: pulumi.Resource,
): void {
  const { namespace, component, replicas, maxReplicas } = scaled;
  if (!isAutoscaled(scaled)) return;
  const metadata = metadataOf(namespace, component);
  new kubernetes.apiextensions.CustomResource(
    `${name}-queue-autoscaler`,
    {
      apiVersion: "keda.sh/v1alpha1",
      kind: "ScaledObject",
      metadata: {
        ...metadata,
        // When a group changes from CPU scaling, its autoscaler exists until the end of the update,
        // and KEDA would refuse a second one.
        annotations: { "validations.keda.sh/hpa-ownership": "false" },
      },
      spec: {
        scaleTargetRef: { name: deployment.metadata.name },
        minReplicaCount: replicas,
        maxReplicaCount: maxReplicas,
        // If Prometheus does not answer, no pod may be removed, because the queues may be long.
        fallback: {
          failureThreshold: FAILURES,
          replicas,
          behavior: "currentReplicasIfHigher",
        },
        advanced: {
          horizontalPodAutoscalerConfig: {
            behavior: { scaleDown: { stabilizationWindowSeconds: CALM_SECONDS } },
          },
        },
        triggers: triggersOf(scaled),
      },
    },
    { parent },
  );
}

/**
 * One trigger for each maximum latency of its queues, and one for the jobs that wait in all of
 * them.
 */
function triggersOf({ queues, concurrency, prometheusUrl }: ScaledByQueues): readonly object[] {
  const late = new Map<number, SidekiqQueue[]>();
  for (const queue of queues)
    if (queue !== "scheduler")
      late.set(SCALE_AT_SECONDS[queue], [...(late.get(SCALE_AT_SECONDS[queue]) ?? []), queue]);
  const trigger = (query: string, threshold: number): object => ({
    type: "prometheus",
    metricType: "AverageValue",
    metadata: {
      serverAddress: prometheusUrl,
      query,
      threshold: String(threshold),
      // No answer counts as an error, and so for the fallback. If it were ignored, it would count
      // as an empty queue.
      ignoreNullValues: "false",
    },
  });
  const of = (metric: string, some: readonly string[]): string =>
    exported(metric, `queue=~"${some.join("|")}"`);
  return [
    ...[...late].map(([seconds, some]) =>
      trigger(`max(${of("sidekiq_queue_latency_seconds", some)})`, seconds),
    ),
    // Each process reports every queue.
    trigger(
      `sum(max by (queue) (${of("sidekiq_queue_backlog", queues)}))`,
      concurrency * JOBS_PER_THREAD,
    ),
  ];
}
