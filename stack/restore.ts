import type * as pulumi from "@pulumi/pulumi";
import { RESTORE_COMPONENTS, restoreOf } from "../domain/restore.ts";
import { DatabaseGrants, type DatabaseGrantsArgs } from "../k8s/database-grants.ts";
import { RestoreCanary } from "../k8s/restore/canary.ts";
import { Restore } from "../k8s/restore/restore.ts";
import type { Foundation } from "./foundation.ts";
import type { Inside } from "./inside.ts";
import type { Resolved } from "./resolved.ts";

/** Parts of the release that a restore uses. */
export interface RestoreParts {
  /** The bucket of the dumps, and its key; undefined without `backup`. */
  readonly backups: Foundation["backups"];
  readonly sql: DatabaseGrantsArgs;
  readonly base: Inside;
  /** The step before: without it the application's role can't create a table. */
  readonly grants: pulumi.Resource;
}

/**
 * Creates the steps of a restore, between the grants and the schema: the dump, the grants once
 * more, and the check of the keys. The grants come twice, because dropping what a killed restore
 * left takes privileges along. Undefined if the configuration has no restore.
 */
export function deployRestore(
  resolved: Resolved,
  { backups, sql, base, grants }: RestoreParts,
): pulumi.Resource | undefined {
  const { config, images, image, secrets } = resolved;
  const plan = restoreOf(config);
  const { dumpFileKey } = secrets;
  if (plan === undefined || backups === undefined || dumpFileKey === undefined) return undefined;
  const { namespace, environment, inside, epoch } = base;
  const restore = new Restore(
    RESTORE_COMPONENTS.restore,
    {
      ...sql,
      plan,
      fileKey: dumpFileKey,
      bucket: backups.plan,
      key: backups.key,
      images: { rclone: images.rclone, node: images.streaming },
    },
    { ...inside, dependsOn: [grants] },
  );
  const again = new DatabaseGrants(RESTORE_COMPONENTS.grants, sql, {
    ...inside,
    dependsOn: [restore],
  });
  return new RestoreCanary(
    RESTORE_COMPONENTS.canary,
    { namespace, image, environment, epoch },
    // Before the schema is migrated: a migration may write with the wrong keys.
    { ...inside, dependsOn: [again] },
  );
}
