import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Life } from "../domain/data-life.ts";
import { RESOURCES } from "../domain/resources.ts";
import type { Environment } from "./environment/environment.ts";
import { releaseJob } from "./job.ts";
import { MIGRATION_SCRIPTS, type MigrationStep } from "./migration-scripts.ts";
import { railsPod } from "./rails.ts";

/** Arguments of a migration. */
export interface MigrationArgs {
  readonly namespace: pulumi.Input<string>;
  /** Mastodon's image. */
  readonly image: string;
  readonly step: MigrationStep;
  /** Time limit of the step, minutes. An interrupted one starts again. */
  readonly minutes: number;
  readonly environment: Environment;
  /** Epoch of the database's data (`postgres.origin.epoch`): a new value runs the Job again. */
  readonly epoch: number | undefined;
  /** Whether the database may be empty. */
  readonly life: Life;
  /** Whether dumps are made by schedule, with which a migration takes turns. */
  readonly dumps: boolean;
}

/**
 * Migrates the schema to the state that the release needs, on the direct port, because migrations
 * hold advisory locks.
 */
export class Migration extends pulumi.ComponentResource {
  /** Once it is complete, the next part of the release may start. */
  readonly job: kubernetes.batch.v1.Job;

  constructor(name: string, args: MigrationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Migration", name, {}, opts);
    const deadlineSeconds = args.minutes * 60;
    this.job = releaseJob(
      name,
      {
        namespace: args.namespace,
        component: `migrate-${args.step}`,
        epoch: args.epoch,
        deadlineSeconds,
        pod: railsPod({
          name: "migrate",
          image: args.image,
          environment: args.environment,
          database: "direct",
          args: ["bash", "-c", MIGRATION_SCRIPTS[args.step](args.life, args.dumps)],
          resources: RESOURCES.migration,
          temporary: "256Mi",
        }),
      },
      { parent: this, customTimeouts: { create: `${deadlineSeconds + 600}s` } },
    );
    this.registerOutputs({});
  }
}
