import type * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { Role } from "../environment/databases.ts";
import { sqlJob, type SqlJobArgs } from "../sql-job.ts";

/** Arguments of the Job: those of every SQL Job, and the role that dumps. */
export interface BackupGrantsArgs extends SqlJobArgs {
  readonly role: Role;
}

/**
 * Run by the application's role, because it owns the tables: default privileges are those of the
 * role that creates a table (postgresql.org, ALTER DEFAULT PRIVILEGES). With them each later
 * migration's tables are in the next dump, too. A table of another role fails the release, because
 * no dump could be made.
 */
const SCRIPT = `set -eu
sql() { psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --set=role="$BACKUP_USER"; }
sql <<'SQL'
BEGIN;
SELECT format('GRANT SELECT ON %s TO %I', oid::regclass, :'role')
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'm', 'v', 'S')
  AND pg_has_role(current_user, relowner, 'USAGE')
\\gexec
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO :"role";
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON SEQUENCES TO :"role";
COMMIT;
SQL
unread=$(sql <<'SQL'
SELECT string_agg(oid::regclass::text, ', ')
FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'm', 'S')
  AND NOT CASE relkind
    WHEN 'S' THEN has_sequence_privilege(:'role', oid, 'SELECT')
    ELSE has_table_privilege(:'role', oid, 'SELECT')
  END;
SQL
)
if [ -n "$unread" ]; then
  echo "No dump could be made: $BACKUP_USER may not read $unread, because another role owns it." \\
    "Let its owner grant SELECT on it to $BACKUP_USER, or drop it, and run npm run up again." >&2
  exit 1
fi
`;

/** Lets the role of the dumps read every table and sequence, and those of later releases. */
export class BackupGrants extends pulumi.ComponentResource {
  /** Once it is complete, a dump can read everything. */
  readonly job: kubernetes.batch.v1.Job;

  constructor(name: string, args: BackupGrantsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:BackupGrants", name, {}, opts);
    const { application } = args.postgres;
    this.job = sqlJob(
      name,
      args,
      {
        script: SCRIPT,
        environment: { PGUSER: application.name, BACKUP_USER: args.role.name },
        passwords: { PGPASSWORD: application.password },
      },
      this,
    );
    this.registerOutputs({});
  }
}
