import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { PRIORITIES } from "../domain/priorities.ts";
import { labelsOf, metadataOf } from "./pod.ts";

/** A Job that an update waits for. */
export interface ReleaseJobArgs {
  readonly namespace: pulumi.Input<string>;
  readonly component: string;
  readonly pod: kubernetes.types.input.core.v1.PodSpec;
  /** After this it has failed, and the update with it. */
  readonly deadlineSeconds: number;
  /** Epoch of the database's data (`postgres.origin.epoch`). Undefined for the first one. */
  readonly epoch: number | undefined;
}

/**
 * One step of a release. Its template can't be changed, so a new image or environment makes a new
 * Job; the same ones leave the finished Job alone, and an update without news runs nothing. It is
 * kept when it is done (no TTL): a Job that vanished would be made, and run, again by the next
 * refresh. The one before goes with it, its pods too. After a restore another database is behind
 * the same settings: its epoch makes the Job anew, or an older schema would stay as it is.
 *
 * A program that fails, fails the step at once: what it can try again, it tries itself, and a
 * migration that stopped in the middle is a person's to look at. A pod that a drain took from its
 * node didn't fail, and is made anew
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
      // A failed Job is made anew by the next update instead of being waited for, for ever
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
    // Of a Job the API server refuses to change it, and the provider would try.
    { ...opts, replaceOnChanges: ["spec.podFailurePolicy"] },
  );
}
