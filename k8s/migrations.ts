import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { RESOURCES } from "../config/resources.ts";
import type { Environment } from "./environment.ts";
import { releaseJob } from "./job.ts";
import { railsPod } from "./rails.ts";

/** Before the new version serves: what the old one can live with. After it: the rest. */
export type MigrationStep = "pre-deployment" | "post-deployment";

/** What a migration needs. */
export interface MigrationArgs {
  readonly namespace: pulumi.Input<string>;
  readonly step: MigrationStep;
  readonly environment: Environment;
}

/**
 * An empty database gets the whole schema: `SKIP_POST_DEPLOYMENT_MIGRATIONS` stops on version 0, by design
 * (mastodon/mastodon `lib/tasks/db.rake`), and any value of it counts, `false` too. `db:prepare` seeds only in the run that loaded the
 * schema; a Job that died between the two leaves a server without roles, so the instance actor is asked for, and seeds can be run again.
 */
const SCRIPTS: Readonly<Record<MigrationStep, string>> = {
  "pre-deployment": `set -eu
version=$(bundle exec rails db:version | sed -n 's/^Current version: //p')
if [ "$version" = 0 ]; then
  bundle exec rails db:prepare
else
  SKIP_POST_DEPLOYMENT_MIGRATIONS=true bundle exec rails db:migrate
fi
bundle exec rails runner 'exit(Account.exists?(Account::INSTANCE_ACTOR_ID))' || bundle exec rails db:seed
`,
  "post-deployment": `set -eu
bundle exec rails db:migrate
`,
};

/** The longest that a step may take: index builds on a large server run for hours, and a cut one is begun again. */
const DEADLINE_SECONDS = 4 * 3_600;

/** Brings the schema to where the release needs it, on the direct port: migrations hold advisory locks. */
export class Migration extends pulumi.ComponentResource {
  /** Done means that the next part of the release may come. */
  readonly job: kubernetes.batch.v1.Job;

  constructor(name: string, args: MigrationArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:Migration", name, {}, opts);
    this.job = releaseJob(
      name,
      {
        namespace: args.namespace,
        component: `migrate-${args.step}`,
        deadlineSeconds: DEADLINE_SECONDS,
        pod: railsPod({
          name: "migrate",
          environment: args.environment,
          database: "direct",
          args: ["bash", "-c", SCRIPTS[args.step]],
          resources: RESOURCES.migration,
          temporary: "256Mi",
        }),
      },
      { parent: this, customTimeouts: { create: `${DEADLINE_SECONDS + 600}s` } },
    );
    this.registerOutputs({});
  }
}
