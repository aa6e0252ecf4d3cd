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
import { StreamingGrants } from "../k8s/streaming-grants.ts";
import type { Foundation } from "./foundation.ts";
import type { Inside } from "./inside.ts";
import { deployMembers } from "./members.ts";
import type { Resolved } from "./resolved.ts";

/**
 * Makes the steps of a release in their order: each is awaited, and none begins before the one that
 * it names. A step's effect is in the database, or in what members load, where no output shows it;
 * so the order has to be said. What fails stops there, and what ran before goes on running.
 */
export function deployRelease(
  resolved: Resolved,
  { postgres, media, tunnel }: Omit<Foundation, "cluster">,
  base: Inside,
): { readonly migrated: Migration; readonly released: pulumi.ComponentResourceOptions } {
  const { config, release, life, images, image, facts } = resolved;
  const { namespace, environment, inside, guards, epoch } = base;
  const { caVolume, caMount } = environment;
  // The pool stands in no value of a pod (`POOL`); everything that uses it comes after the
  // preflight.
  const preflight = new Preflight(
    "preflight",
    { namespace, image, environment, epoch },
    { ...inside, dependsOn: [...guards, postgres.pool] },
  );
  const sql = {
    namespace,
    image: images.postgres,
    postgres,
    caVolume,
    caMount,
    caFile: CA_FILE,
    epoch,
  };
  const grants = new DatabaseGrants(
    "database-grants",
    sql,
    // Nothing is changed before it is known that the release would reach what it needs.
    { ...inside, dependsOn: [preflight] },
  );
  const minutes = config.postgres.migrationMinutes;
  const migration = { namespace, image, minutes, environment, epoch, life };
  const schema = new Migration(
    "migrate-pre-deployment",
    { ...migration, step: "pre-deployment" },
    // Without them it can't make a table.
    { ...inside, dependsOn: [grants] },
  );
  const streamingGrants = new StreamingGrants(
    "streaming-grants",
    { ...sql, reads: facts.streamingReads, release: image },
    // Only what is there can be granted. Before web and Sidekiq, too: what fails here leaves the
    // old version whole.
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
    // As the grants; beside the schema, which it has nothing to do with.
    { ...inside, dependsOn: [preflight] },
  );
  const { account } = new RolloutAccess("rollout-access", { namespace }, inside);
  // A Deployment is done for the engine as soon as it is written. These two steps wait for its
  // pods.
  const waits = { namespace, image, account, epoch };
  const assetsRolled = new Rollout(
    "rollout-assets",
    { ...waits, deployments: [assets.rolled], seconds: rolloutSeconds(FIXED_REPLICAS.assets) },
    { ...inside, dependsOn: [assets] },
  );
  // New code reads columns that the old schema lacks, and pages of the new version name files that
  // only the new assets pods have. The members go together: a job of a kind that an old Sidekiq
  // doesn't know yet fails there, and is tried again when it is new.
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
    // What these drop, the old version still reads: not before its last pod is gone.
    { ...inside, dependsOn: [rolledOut] },
  );
  return { migrated, released };
}
