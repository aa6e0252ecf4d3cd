import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { RESOURCES } from "../domain/resources.ts";
import type { Environment } from "./environment/environment.ts";
import { releaseJob } from "./job.ts";
import { DIRECT_PREFIX, PREFLIGHT_SCRIPT, STREAMING_PREFIX } from "./preflight-script.ts";
import { railsPod } from "./rails.ts";

/** Arguments of the preflight. */
export interface PreflightArgs {
  readonly namespace: pulumi.Input<string>;
  /** Mastodon's image. */
  readonly image: string;
  readonly environment: Environment;
  /** Epoch of the database's data (`postgres.origin.epoch`): a new value runs the Job again. */
  readonly epoch: number | undefined;
}

/** Time to pull an image on a new node, then seconds. */
const DEADLINE_SECONDS = 600;

/**
 * Checks that a pod of this release, with web's own environment, reaches everything it will need.
 * These are Postgres with `verify-full` on both ports, Redis, and the Internet. It also checks the
 * login of streaming's own role. Otherwise a migration in the middle, or members, would find the
 * fault first.
 */
export class Preflight extends pulumi.ComponentResource {
  /** Once it is complete, the release may change the database. */
  readonly job: kubernetes.batch.v1.Job;

  constructor(name: string, args: PreflightArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Preflight", name, {}, opts);
    const { namespace, image, environment } = args;
    this.job = releaseJob(
      name,
      {
        namespace,
        component: "preflight",
        epoch: args.epoch,
        deadlineSeconds: DEADLINE_SECONDS,
        pod: railsPod({
          name: "preflight",
          image,
          environment,
          database: "pooled",
          moreEnvironment: [{ ...environment.direct, prefix: DIRECT_PREFIX }],
          moreVariables: environment.streamingRole.map((variable) => ({
            ...variable,
            name: `${STREAMING_PREFIX}${variable.name}`,
          })),
          args: ["bundle", "exec", "ruby", "-e", PREFLIGHT_SCRIPT],
          resources: RESOURCES.preflight,
          temporary: "64Mi",
        }),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
