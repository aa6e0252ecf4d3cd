import { Backups } from "../cdn/backups.ts";
import { MediaPurge } from "../cdn/media-purge.ts";
import { R2Media } from "../cdn/media.ts";
import { Tunnel } from "../cdn/tunnel.ts";
import { databaseClustersOf, postgresNameOf } from "../domain/database-clusters.ts";
import { backupBucketOf, type BackupBucketPlan } from "../domain/backup/plan.ts";
import { mediaBucketsOf, mediaOf, type MediaBucketPlan } from "../domain/media.ts";
import { Cluster } from "../infra/cluster.ts";
import { IdlePostgres } from "../infra/idle-postgres.ts";
import { MediaSpace } from "../infra/media-space.ts";
import { Network } from "../infra/network.ts";
import { refuseAnew } from "../infra/never-anew.ts";
import { Postgres } from "../infra/postgres.ts";
import { Project } from "../infra/project.ts";
import { ReadReplica } from "../infra/read-replica.ts";
import { leaveUnprotected } from "../infra/unprotected.ts";
import { Valkey } from "../infra/valkey.ts";
import type { Resolved } from "./resolved.ts";

/** Everything that the clouds create for the server before there is anything in the cluster. */
export interface Foundation {
  readonly cluster: Cluster;
  readonly postgres: Postgres;
  readonly replica: ReadReplica | undefined;
  readonly valkey: Valkey;
  readonly cache: Valkey | undefined;
  readonly media: MediaBuckets;
  /** The bucket of the dumps, and its key; undefined without `backup`. */
  readonly backups: { readonly plan: BackupBucketPlan; readonly key: Backups } | undefined;
  readonly tunnel: Tunnel;
}

/** The media buckets of a stack. */
export interface MediaBuckets {
  /** The bucket in Spaces, if there is one. */
  readonly space: MediaBucketPlan | undefined;
  /** The buckets with their keys, by storage. */
  readonly keys: { readonly spaces: MediaSpace | undefined; readonly r2: R2Media | undefined };
  readonly purge: MediaPurge | undefined;
}

/**
 * Creates the resources that cost money and hold data: network, cluster, databases, buckets,
 * tunnel.
 */
export function foundation(resolved: Resolved): Foundation {
  const { config, secrets, life, kubernetesVersion, publicHosts } = resolved;
  const { region, cloudflare, maintenance } = config;
  // Before the first resource, because both apply only to later ones.
  refuseAnew(life.refusals);
  leaveUnprotected(life.opened);
  const { vpcId, nodeTag, stackTag } = new Network("network", {
    region,
    network: config.network,
  });
  const place = { region, vpcId, nodeTag, stackTag };
  const cluster = new Cluster("cluster", {
    ...place,
    cluster: { ...config.cluster, version: kubernetesVersion },
    maintenance,
  });
  const { serving, idle, newest } = databaseClustersOf(config.postgres);
  const postgres = new Postgres(postgresNameOf(serving), {
    ...place,
    postgres: config.postgres,
    maintenance,
    existing: serving === newest ? config.postgres.origin?.cluster : undefined,
    backup: config.backup !== undefined,
  });
  // Only beside a second one: `postgres.former`.
  const former =
    idle === undefined
      ? undefined
      : new IdlePostgres(postgresNameOf(idle), {
          region,
          postgres: config.postgres,
          backup: config.backup !== undefined,
        });
  const valkey = new Valkey("valkey", {
    ...place,
    valkey: config.valkey,
    holds: "everything",
    maintenance,
  });
  // Optional: `valkey.cache`.
  const cache =
    config.valkey.cache &&
    new Valkey("cache", {
      ...place,
      // No standby, because a failed cache is created again.
      valkey: { ...config.valkey.cache, nodes: 1 },
      holds: "cache",
      maintenance,
    });
  // Optional: `postgres.readReplica`.
  const replica =
    config.postgres.readReplica &&
    new ReadReplica("replica", {
      ...place,
      replica: config.postgres.readReplica,
      clusterId: postgres.clusterId,
    });
  new Project("project", {
    project: config.project,
    urns: [
      cluster.cloudUrn,
      postgres.cloudUrn,
      ...(former === undefined ? [] : [former.cloudUrn]),
      valkey.cloudUrn,
      ...(cache === undefined ? [] : [cache.cloudUrn]),
    ],
  });
  const media = mediaBuckets(resolved);
  // Optional: `backup`.
  const plan = backupBucketOf(config);
  const backups = plan && { plan, key: new Backups("backups", { cloudflare, bucket: plan }) };
  const tunnel = new Tunnel("tunnel", {
    cloudflare,
    hosts: publicHosts,
    secret: secrets.tunnelSecret,
  });
  return { cluster, postgres, replica, valkey, cache, media, backups, tunnel };
}

/** Creates the buckets of `media.storage` and `media.standby`. */
function mediaBuckets({ config, hosts }: Resolved): MediaBuckets {
  const { cloudflare, dns, media } = config;
  const buckets = mediaBucketsOf(config);
  const space = buckets.find(({ store }) => store === "spaces");
  const r2 = buckets.find(({ store }) => store === "r2");
  const keys = {
    spaces: space && new MediaSpace("media-space", { bucket: space, media }),
    r2: r2 && new R2Media("media-r2", { cloudflare, bucket: r2, media, later: dns.later }),
  };
  // Optional: `media.purge`.
  const purged = media.purge ? mediaOf(config) : undefined;
  const purge =
    purged && new MediaPurge("media-purge", { cloudflare, bucket: purged, webHost: hosts.web });
  return { space, keys, purge };
}
