import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { RESOURCES } from "../../domain/resources.ts";
import { RESTORE_COMPONENTS } from "../../domain/restore.ts";
import type { Environment } from "../environment/environment.ts";
import { releaseJob } from "../job.ts";
import { railsPod } from "../rails.ts";
import { CANARY } from "./restore-script.ts";

/** Arguments of the canary. */
export interface RestoreCanaryArgs {
  readonly namespace: pulumi.Input<string>;
  /** Mastodon's image. */
  readonly image: string;
  readonly environment: Environment;
  readonly epoch: number | undefined;
}

/** Time to pull the image on a new node, and to start Rails, seconds. */
const DEADLINE_SECONDS = 900;

/**
 * Decrypts a restored value with the keys of this configuration, before the schema is migrated and
 * before anybody is let in. Wrong keys would otherwise show when the first member signs in.
 */
export class RestoreCanary extends pulumi.ComponentResource {
  /** Once it is complete, the keys are those of the data. */
  readonly job: kubernetes.batch.v1.Job;

  constructor(name: string, args: RestoreCanaryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:RestoreCanary", name, {}, opts);
    this.job = releaseJob(
      name,
      {
        namespace: args.namespace,
        component: RESTORE_COMPONENTS.canary,
        epoch: args.epoch,
        deadlineSeconds: DEADLINE_SECONDS,
        pod: railsPod({
          name: "canary",
          image: args.image,
          environment: args.environment,
          database: "direct",
          args: ["bundle", "exec", "rails", "runner", CANARY],
          resources: RESOURCES.migration,
          temporary: "256Mi",
        }),
      },
      { parent: this, customTimeouts: { create: `${DEADLINE_SECONDS + 600}s` } },
    );
    this.registerOutputs({});
  }
}
