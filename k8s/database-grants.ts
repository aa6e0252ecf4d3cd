import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Role } from "./environment/databases.ts";
import { sqlJob, type SqlJobArgs } from "./sql-job.ts";

/** Arguments of the grants. */
export interface DatabaseGrantsArgs extends SqlJobArgs {
  readonly postgres: SqlJobArgs["postgres"] & {
    readonly admin: Role;
  };
  /** Role of the dumps; undefined without `backup`. */
  readonly backup: Role | undefined;
}

/**
 * Since Postgres 15 a plain user can't create tables in `public`, and DigitalOcean creates plain
 * users. Streaming's role may use the schema; `StreamingGrants` allows its columns. The script can
 * be run any number of times.
 */
function script(withBackup: boolean): string {
  return `set -eu
psql --no-psqlrc --set=ON_ERROR_STOP=1 --set=application="$APPLICATION_USER" --set=streaming="$STREAMING_USER"${withBackup ? ' --set=backup="$BACKUP_USER"' : ""} <<'SQL'
GRANT ALL ON SCHEMA public TO :"application";
GRANT USAGE ON SCHEMA public TO :"streaming";
${withBackup ? 'GRANT USAGE ON SCHEMA public TO :"backup";\n' : ""}SQL
`;
}

/** Grants the roles access to the schema, before there is a table. */
export class DatabaseGrants extends pulumi.ComponentResource {
  /** Once it is complete, tables can be created. */
  readonly job: kubernetes.batch.v1.Job;

  constructor(name: string, args: DatabaseGrantsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:DatabaseGrants", name, {}, opts);
    const { backup } = args;
    const { admin } = args.postgres;
    this.job = sqlJob(
      name,
      args,
      {
        script: script(backup !== undefined),
        environment: {
          PGUSER: admin.name,
          ...(backup === undefined ? {} : { BACKUP_USER: backup.name }),
        },
        passwords: { PGPASSWORD: admin.password },
      },
      this,
    );
    this.registerOutputs({});
  }
}
