import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { RESOURCES } from "../domain/resources.ts";
import type { StackConfig } from "../config/schema.ts";
import { minorOf } from "../facts/minor-of.ts";
import type { Environment } from "./environment/environment.ts";
import { SEARCH_COMPONENT } from "./flows/options.ts";
import { releaseJob } from "./job.ts";
import { railsPod } from "./rails.ts";
import { searchScript } from "./search-script.ts";

/** Arguments of the indices. */
export interface SearchIndicesArgs {
  readonly namespace: pulumi.Input<string>;
  readonly search: NonNullable<StackConfig["search"]>;
  /** Mastodon's image, and its release; for a fork, the release that it is built on. */
  readonly image: string;
  readonly version: string;
  readonly environment: Environment;
  /** Epoch of the database's data (`postgres.origin.epoch`): a new value runs the Job again. */
  readonly epoch: number | undefined;
}

/**
 * Creates the indices of the search server and fills them from the database, once for each minor
 * version of Mastodon.
 */
export class SearchIndices extends pulumi.ComponentResource {
  readonly job: kubernetes.batch.v1.Job;

  constructor(name: string, args: SearchIndicesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:SearchIndices", name, {}, opts);
    const { search, image, version, environment } = args;
    const deadlineSeconds = search.fillMinutes * 60;
    this.job = releaseJob(
      name,
      {
        namespace: args.namespace,
        component: SEARCH_COMPONENT,
        epoch: args.epoch,
        deadlineSeconds,
        pod: railsPod({
          name: "tootctl",
          image,
          environment,
          // It runs for long, so it uses direct connections and leaves the pool to members'
          // requests.
          database: "direct",
          args: [
            "bash",
            "-c",
            searchScript({
              threads: search.threads,
              generation: minorOf(version),
            }),
          ],
          resources: RESOURCES.migration,
          temporary: "256Mi",
        }),
      },
      { parent: this, customTimeouts: { create: `${deadlineSeconds + 600}s` } },
    );
    this.registerOutputs({});
  }
}
