import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { RESOURCES } from "../config/resources.ts";
import type { DatabaseAccess } from "./environment/databases.ts";
import { releaseJob } from "./job.ts";
import { container, metadataOf, pod, resourcesOf } from "./pod.ts";

/** What the grants need. */
export interface DatabaseGrantsArgs {
  readonly namespace: pulumi.Input<string>;
  /** One with `psql`. */
  readonly image: string;
  readonly postgres: DatabaseAccess & {
    readonly admin: {
      readonly name: pulumi.Input<string>;
      readonly password: pulumi.Input<string>;
    };
  };
  readonly caVolume: kubernetes.types.input.core.v1.Volume;
  readonly caMount: kubernetes.types.input.core.v1.VolumeMount;
  readonly caFile: string;
}

/** User and group of the official Postgres image on Alpine (docker-library/postgres, its Dockerfile). */
const POSTGRES_UID = 70;

/**
 * Since Postgres 15 a plain user can't create tables in `public`, and DigitalOcean makes plain users. And what the application
 * makes, streaming's role may not read unless its owner says so. All of it can be run as often as one likes.
 */
const SCRIPT = `set -eu
psql --no-psqlrc --set=ON_ERROR_STOP=1 --set=application="$APPLICATION_USER" --set=streaming="$STREAMING_USER" <<'SQL'
GRANT ALL ON SCHEMA public TO :"application";
GRANT USAGE ON SCHEMA public TO :"streaming";
SQL
PGUSER="$APPLICATION_USER" PGPASSWORD="$APPLICATION_PASSWORD" \\
  psql --no-psqlrc --set=ON_ERROR_STOP=1 --set=streaming="$STREAMING_USER" <<'SQL'
GRANT SELECT ON ALL TABLES IN SCHEMA public TO :"streaming";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO :"streaming";
SQL
`;

/** Gives the application its schema and streaming its reading rights, once per database. */
export class DatabaseGrants extends pulumi.ComponentResource {
  /** Done means that tables can be made. */
  readonly job: kubernetes.batch.v1.Job;

  constructor(name: string, args: DatabaseGrantsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:DatabaseGrants", name, {}, opts);
    const { namespace, postgres } = args;
    const secret = new kubernetes.core.v1.Secret(
      `${name}-roles`,
      {
        metadata: metadataOf(namespace, "database-grants"),
        stringData: {
          PGPASSWORD: postgres.admin.password,
          APPLICATION_PASSWORD: postgres.application.password,
        },
      },
      { parent: this },
    );
    const environment = new kubernetes.core.v1.ConfigMap(
      `${name}-environment`,
      {
        metadata: metadataOf(namespace, "database-grants"),
        data: {
          PGHOST: postgres.host,
          PGPORT: pulumi.output(postgres.directPort).apply(String),
          PGDATABASE: postgres.database,
          PGUSER: postgres.admin.name,
          PGSSLMODE: "verify-full",
          PGSSLROOTCERT: args.caFile,
          PGCONNECT_TIMEOUT: "15",
          APPLICATION_USER: postgres.application.name,
          STREAMING_USER: postgres.streaming.name,
        },
      },
      { parent: this },
    );
    this.job = releaseJob(
      name,
      {
        namespace,
        component: "database-grants",
        deadlineSeconds: 300,
        pod: pod(POSTGRES_UID, {
          containers: [
            container({
              name: "psql",
              image: args.image,
              command: ["sh", "-c", SCRIPT],
              envFrom: [
                { configMapRef: { name: environment.metadata.name } },
                { secretRef: { name: secret.metadata.name } },
              ],
              volumeMounts: [args.caMount],
              resources: resourcesOf(RESOURCES.grants),
            }),
          ],
          volumes: [args.caVolume],
        }),
      },
      { parent: this },
    );
    this.registerOutputs({});
  }
}
