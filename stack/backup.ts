import * as pulumi from "@pulumi/pulumi";
import { Backup } from "../k8s/backup/backup.ts";
import { BackupGrants } from "../k8s/backup/grants.ts";
import type { SqlJobArgs } from "../k8s/sql-job.ts";
import type { Foundation } from "./foundation.ts";
import type { Inside } from "./inside.ts";
import type { Resolved } from "./resolved.ts";

/**
 * Creates the dumps by schedule, if `backup` is set.
 * @param released options of what comes after the schema of a release.
 */
export function deployBackup(
  { config, secrets, images, version }: Resolved,
  { postgres, backups }: Pick<Foundation, "postgres" | "backups">,
  { inside }: Pick<Inside, "inside">,
  sql: SqlJobArgs,
  released: pulumi.ComponentResourceOptions,
): void {
  const { backup, domain, fingerprints = {} } = config;
  const role = postgres.backup;
  if (backup === undefined || role === undefined || backups === undefined) return;
  const grants = new BackupGrants("backup-grants", { ...sql, role }, released);
  const { image, epoch, ...access } = sql;
  const { backupSecondKeyId: secondId, backupSecondKey: secondKey } = secrets;
  new Backup(
    "backup",
    {
      ...access,
      images,
      backup,
      bucket: backups.plan,
      key: backups.key,
      secondKey: secondId && secondKey && { accessKeyId: secondId, secretAccessKey: secondKey },
      role,
      server: {
        stack: pulumi.getStack(),
        domain,
        mastodon: version,
        fingerprints: Object.fromEntries(
          Object.entries(fingerprints).flatMap(([key, value]) =>
            value === undefined ? [] : [[key, value]],
          ),
        ),
      },
    },
    { ...inside, dependsOn: [grants] },
  );
}
