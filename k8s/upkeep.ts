import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { PRIORITIES } from "../domain/priorities.ts";
import { RESOURCES } from "../domain/resources.ts";
import {
  DEADLINE_SECONDS,
  STARTING_DEADLINE_SECONDS,
  TIME_ZONE,
  upkeepTasks,
  type Upkeep as UpkeepConfig,
  type UpkeepTask,
} from "../domain/upkeep.ts";
import type { Environment } from "./environment/environment.ts";
import { labelsOf, metadataOf } from "./pod.ts";
import { railsPod } from "./rails.ts";

/** Arguments of the nightly tasks. */
export interface UpkeepArgs {
  readonly namespace: pulumi.Input<string>;
  /** Mastodon's image. */
  readonly image: string;
  readonly upkeep: UpkeepConfig;
  readonly environment: Environment;
  /** Whether no task may start for now, because it would change data during a restore. */
  readonly suspended: boolean;
}

/** The nightly tasks, a CronJob each; none if `upkeep.enabled` is false. */
export class Upkeep extends pulumi.ComponentResource {
  constructor(name: string, args: UpkeepArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Upkeep", name, {}, opts);
    for (const task of upkeepTasks(args.upkeep)) this.#cronJob(`${name}-${task.name}`, task, args);
    this.registerOutputs({});
  }

  #cronJob(
    name: string,
    task: UpkeepTask,
    { namespace, image, environment, suspended }: UpkeepArgs,
  ): void {
    // One component for all: a rule for one of them applies to each.
    const labels = labelsOf("upkeep");
    new kubernetes.batch.v1.CronJob(
      name,
      {
        metadata: metadataOf(namespace, "upkeep", name),
        spec: {
          schedule: task.schedule,
          timeZone: TIME_ZONE,
          ...(suspended ? { suspend: true } : {}),
          concurrencyPolicy: "Forbid",
          startingDeadlineSeconds: STARTING_DEADLINE_SECONDS,
          successfulJobsHistoryLimit: 1,
          // Some nights, so that its log still exists when an operator looks.
          failedJobsHistoryLimit: 3,
          jobTemplate: {
            metadata: { labels },
            spec: {
              // The next night retries. A second try in one night would overlap the next task.
              backoffLimit: 0,
              activeDeadlineSeconds: DEADLINE_SECONDS,
              template: {
                metadata: { labels },
                spec: {
                  ...railsPod({
                    name: "tootctl",
                    image,
                    environment,
                    // It runs for hours during the nightly backup, so it uses direct connections
                    // and leaves the pool to members' requests.
                    database: "direct",
                    args: ["bin/tootctl", ...task.args],
                    resources: RESOURCES.upkeep,
                    temporary: "256Mi",
                    pod: { priorityClassName: PRIORITIES.upkeep.name },
                  }),
                  restartPolicy: "Never",
                },
              },
            },
          },
        },
      },
      { parent: this },
    );
  }
}
