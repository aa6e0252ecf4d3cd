import * as kubernetes from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";
import { PRIORITIES } from "../domain/priorities.ts";
import { STARTING_DEADLINE_SECONDS, TIME_ZONE } from "../domain/upkeep.ts";
import { labelsOf, metadataOf } from "./pod.ts";

/** Arguments of a CronJob. */
export interface CronJobArgs {
  readonly namespace: pulumi.Input<string>;
  /** Component of its pods, by which network policies know them. */
  readonly component: string;
  /** Its name in the cluster, which an operator types. Default: the component. */
  readonly name?: string;
  /** Five fields of cron, in the time zone {@link TIME_ZONE}. */
  readonly schedule: string;
  /** Time limit of one run, seconds. */
  readonly deadlineSeconds: number;
  /** Whether no run may start for now. Default: no. */
  readonly suspended?: boolean;
  readonly pod: kubernetes.types.input.core.v1.PodSpec;
}

/** Creates a CronJob of which one run at a time exists, and which members' pods may displace. */
export function cronJob(
  name: string,
  args: CronJobArgs,
  parent: pulumi.ComponentResource,
): kubernetes.batch.v1.CronJob {
  const labels = labelsOf(args.component);
  return new kubernetes.batch.v1.CronJob(
    name,
    {
      metadata: metadataOf(args.namespace, args.component, args.name ?? args.component),
      spec: {
        schedule: args.schedule,
        timeZone: TIME_ZONE,
        ...(args.suspended === true ? { suspend: true } : {}),
        concurrencyPolicy: "Forbid",
        startingDeadlineSeconds: STARTING_DEADLINE_SECONDS,
        successfulJobsHistoryLimit: 1,
        // Some nights, so that its log still exists when an operator looks.
        failedJobsHistoryLimit: 3,
        jobTemplate: {
          metadata: { labels },
          spec: {
            // A second try at once would meet the same outage. The schedule brings the next.
            backoffLimit: 0,
            activeDeadlineSeconds: args.deadlineSeconds,
            template: {
              metadata: { labels },
              spec: {
                ...args.pod,
                priorityClassName: PRIORITIES.upkeep.name,
                restartPolicy: "Never",
              },
            },
          },
        },
      },
    },
    { parent },
  );
}
