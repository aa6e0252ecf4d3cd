import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { PRIORITIES } from "../domain/priorities.ts";
import { labelsOf, metadataOf } from "./pod.ts";

/** A Job that an update waits for. */
export interface ReleaseJobArgs {
  readonly namespace: pulumi.Input<string>;
  readonly component: string;
  readonly pod: kubernetes.types.input.core.v1.PodSpec;
  /** Seconds after which it fails, and the update with it. */
  readonly deadlineSeconds: number;
  /** Epoch of the database's data (`postgres.origin.epoch`). Undefined for the first one. */
  readonly epoch: number | undefined;
}

/**
 * One step of a release. Its template can't be changed, so a new image or environment creates a new
 * Job. With the same ones the finished Job stays, and an update without changes runs nothing. A
 * finished Job is kept (no TTL): the next refresh would create, and run, a deleted one again. The
 * previous Job is deleted with its pods. After a restore another database is behind the same
 * settings. Its epoch creates the Job again, otherwise an older schema would stay as it is.
 *
 * A failed program fails the step at once. The program itself retries what it can, and an operator
 * must look at a migration that stopped in the middle. A pod that a drain evicted did not fail, and
 * is created again
 * (https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy).
 */
export function releaseJob(
  name: string,
  args: ReleaseJobArgs,
  opts: pulumi.CustomResourceOptions,
): kubernetes.batch.v1.Job {
  const metadata = metadataOf(args.namespace, args.component);
  return new kubernetes.batch.v1.Job(
    name,
    {
      // The next update creates a failed Job again instead of waiting for it without end
      // (pulumi-kubernetes#1578).
      metadata: { ...metadata, annotations: { "pulumi.com/replaceUnready": "true" } },
      spec: {
        backoffLimit: 0,
        podFailurePolicy: {
          rules: [
            { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
          ],
        },
        activeDeadlineSeconds: args.deadlineSeconds,
        template: {
          metadata: {
            labels: labelsOf(args.component),
            ...(args.epoch === undefined
              ? {}
              : { annotations: { "mastodon/data-epoch": String(args.epoch) } }),
          },
          spec: {
            ...args.pod,
            priorityClassName: PRIORITIES.release.name,
            restartPolicy: "Never",
          },
        },
      },
    },
    // The API server refuses to change it in a Job, and the provider would try.
    { ...opts, replaceOnChanges: ["spec.podFailurePolicy"] },
  );
}
