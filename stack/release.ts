import type * as pulumi from "@pulumi/pulumi";
import { mediaHostsOfCluster, spaceOrigin } from "../domain/media.ts";
import { FIXED_REPLICAS } from "../domain/resources.ts";
import { mostPodsOf, rolloutSeconds } from "../domain/update-length.ts";
import { Assets } from "../k8s/assets.ts";
import { DatabaseGrants } from "../k8s/database-grants.ts";
import { CA_FILE } from "../k8s/environment/databases.ts";
import { Migration } from "../k8s/migrations.ts";
import { Preflight } from "../k8s/preflight.ts";
import { RolloutAccess } from "../k8s/rollout-access.ts";
import { Rollout } from "../k8s/rollout.ts";
import type { SqlJobArgs } from "../k8s/sql-job.ts";
import { StreamingGrants } from "../k8s/streaming-grants.ts";
import type { Foundation } from "./foundation.ts";
import type { Inside } from "./inside.ts";
import { deployMembers } from "./members.ts";
import { deployRestore } from "./restore.ts";
import type { Resolved } from "./resolved.ts";

/**
 * Creates the steps of a release in their order. The update waits for each, and none starts before
 * the one that it depends on. A step's effect is in the database, or in members' requests, and no
 * output shows it, so the order is explicit. A failed step stops the update, and the running
 * version stays.
 */
export function deployRelease(
  resolved: Resolved,
  { postgres, media, tunnel, backups }: Omit<Foundation, "cluster">,
  base: Inside,
): {
  readonly migrated: Migration;
  readonly released: pulumi.ComponentResourceOptions;
  readonly sql: SqlJobArgs;
} {
  const { config, release, life, images, image, facts } = resolved;
  const { namespace, environment, inside, guards, epoch } = base;
  const { caVolume, caMount } = environment;
  // No value of a pod contains the pool (`POOL`); everything that uses it comes after the
  // preflight.
  const preflight = new Preflight(
    "preflight",
    { namespace, image, environment, epoch },
    { ...inside, dependsOn: [...guards, postgres.pool] },
  );
  const sql: SqlJobArgs = {
    namespace,
    image: images.postgres,
    postgres,
    caVolume,
    caMount,
    caFile: CA_FILE,
    epoch,
  };
  const granted = { ...sql, postgres, backup: postgres.backup };
  const grants = new DatabaseGrants(
    "database-grants",
    granted,
    // Nothing is changed before the preflight has shown that the release can reach what it needs.
    { ...inside, dependsOn: [preflight] },
  );
  // Optional: `postgres.origin.dump`, until it is restored.
  const restored = deployRestore(resolved, { backups, sql: granted, base, grants });
  const minutes = config.postgres.migrationMinutes;
  const dumps = config.backup !== undefined;
  const migration = { namespace, image, minutes, environment, epoch, life, dumps };
  const schema = new Migration(
    "migrate-pre-deployment",
    { ...migration, step: "pre-deployment" },
    // Without the grants it can't create a table.
    { ...inside, dependsOn: [restored ?? grants] },
  );
  const streamingGrants = new StreamingGrants(
    "streaming-grants",
    { ...sql, reads: facts.streamingReads, release: image },
    // Grants need existing tables. They come before web and Sidekiq, so that a failure leaves the
    // old version complete.
    { ...inside, dependsOn: [schema] },
  );
  const mediaHosts = mediaHostsOfCluster(config);
  const assets = new Assets(
    "assets",
    {
      namespace,
      images,
      staticPaths: facts.staticPaths,
      previousImage: config.assets.keepPrevious ? release.previousImage : undefined,
      media:
        media.space && mediaHosts.length > 0
          ? { hosts: mediaHosts, origin: spaceOrigin(media.space) }
          : undefined,
    },
    // After the preflight, as the grants; at the same time as the schema, on which it does not
    // depend.
    { ...inside, dependsOn: [preflight] },
  );
  const { account } = new RolloutAccess("rollout-access", { namespace }, inside);
  // For the engine a Deployment is complete as soon as it is written. These two steps wait for its
  // pods.
  const waits = { namespace, image, account, epoch };
  const assetsRolled = new Rollout(
    "rollout-assets",
    { ...waits, deployments: [assets.rolled], seconds: rolloutSeconds(FIXED_REPLICAS.assets) },
    { ...inside, dependsOn: [assets] },
  );
  // New code reads columns that the old schema does not have. Pages of the new version name files
  // that only the new assets pods have. The members' workloads roll out at the same time. A job of
  // a kind that an old Sidekiq doesn't know yet fails there, and is retried by a new one.
  const released = { ...inside, dependsOn: [streamingGrants, assetsRolled] };
  const members = deployMembers(resolved, { ...base, released, tunnelToken: tunnel.token });
  const rolledOut = new Rollout(
    "rollout",
    {
      ...waits,
      deployments: members.map(({ rolled }) => rolled),
      seconds: rolloutSeconds(mostPodsOf(config)),
    },
    { ...inside, dependsOn: [...members] },
  );
  const migrated = new Migration(
    "migrate-post-deployment",
    { ...migration, step: "post-deployment" },
    // Post-deployment migrations drop columns that the old version still reads. Run them after its
    // last pod has stopped.
    { ...inside, dependsOn: [rolledOut] },
  );
  return { migrated, released, sql };
}
