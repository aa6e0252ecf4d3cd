import * as pulumi from "@pulumi/pulumi";
import { RESOURCES } from "../domain/resources.ts";
import {
  DEADLINE_SECONDS,
  upkeepTasks,
  type Upkeep as UpkeepConfig,
  type UpkeepTask,
} from "../domain/upkeep.ts";
import { cronJob } from "./cron-job.ts";
import type { Environment } from "./environment/environment.ts";
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
    cronJob(
      name,
      {
        namespace,
        // One component for all: a rule for one of them applies to each.
        component: "upkeep",
        name,
        schedule: task.schedule,
        deadlineSeconds: DEADLINE_SECONDS,
        suspended,
        pod: railsPod({
          name: "tootctl",
          image,
          environment,
          // It runs for hours during the nightly backup, so it uses direct connections and leaves
          // the pool to members' requests.
          database: "direct",
          args: ["bin/tootctl", ...task.args],
          resources: RESOURCES.upkeep,
          temporary: "256Mi",
        }),
      },
      this,
    );
  }
}
