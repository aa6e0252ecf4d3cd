import type * as pulumi from "@pulumi/pulumi";
import { mediaHostsOfCluster } from "../domain/media.ts";
import { restoreOf } from "../domain/restore.ts";
import { Environment } from "../k8s/environment/environment.ts";
import { MetricsServer } from "../k8s/metrics-server.ts";
import type { Migration } from "../k8s/migrations.ts";
import { makeNamespace } from "../k8s/namespace.ts";
import { NamespaceLimits } from "../k8s/namespace-limits.ts";
import { NetworkPolicies } from "../k8s/network-policies.ts";
import { Observability } from "../k8s/observability.ts";
import { PodMonitors } from "../k8s/pod-monitors.ts";
import { Upkeep } from "../k8s/upkeep.ts";
import { deployBackup } from "./backup.ts";
import { deployMediaCopy } from "./media-copy.ts";
import type { Foundation } from "./foundation.ts";
import type { Inside, InsideOptions } from "./inside.ts";
import { deployRelease } from "./release.ts";
import type { Resolved } from "./resolved.ts";

/** The server in the cluster, for the steps after it. */
export interface Server extends Inside {
  /** The last step of the release. */
  readonly migrated: Migration;
}

/** Creates everything in the cluster: the requirements of pods, the release, and its neighbors. */
export function server(resolved: Resolved, { cluster, ...foundation }: Foundation): Server {
  const { config, images, image } = resolved;
  // Resources inside the cluster are deleted with it, not one by one through an API server that may
  // be gone.
  const goesWithCluster = { deletedWith: cluster.cluster };
  const inside = { providers: { kubernetes: cluster.provider }, ...goesWithCluster };
  // Unless the cluster already has one: `cluster.metricsServer`.
  if (config.cluster.metricsServer === "install")
    new MetricsServer("metrics-server", { image: images.metricsServer }, inside);
  const namespace = makeNamespace("namespace", { provider: cluster.provider, ...goesWithCluster });
  const limits = new NamespaceLimits("limits", { namespace, config }, inside);
  const groups = config.sidekiq.map(({ name }) => `sidekiq-${name}`);
  const mediaThroughCluster = mediaHostsOfCluster(config).length > 0;
  // Create the policies before the first pod, so that no pod ever runs without them.
  const policies = new NetworkPolicies(
    "network",
    {
      namespace,
      sidekiq: groups,
      options: {
        ...config,
        mediaThroughCluster,
        restores: restoreOf(config) !== undefined,
      },
    },
    inside,
  );
  const environment = environmentOf(resolved, foundation, namespace, inside);
  const epoch = config.postgres.origin?.epoch;
  const base: Inside = { namespace, environment, inside, guards: [policies, limits], epoch };
  const { migrated, released, sql } = deployRelease(resolved, foundation, base);
  // The nightly tasks run the new code, on the new schema.
  new Upkeep(
    "upkeep",
    {
      namespace,
      image,
      upkeep: config.upkeep,
      environment,
      suspended: config.stopped.includes("sidekiq"),
    },
    released,
  );
  // Optional: `backup`.
  deployBackup(resolved, foundation, base, sql, released);
  // Optional: `media.standby.copy`.
  deployMediaCopy(resolved, foundation, base);
  // Optional: `observability`.
  const { metrics, observability } = config;
  if (observability.prometheusRule || observability.grafanaDashboard)
    new Observability("observability", { namespace, observability }, inside);
  // Optional: `metrics.podMonitor`.
  if (metrics?.podMonitor === true)
    new PodMonitors(
      "pod-monitors",
      { namespace, sidekiq: groups, release: observability.release },
      inside,
    );
  return { ...base, migrated };
}

/** The variables of every process. */
function environmentOf(
  { config, secrets }: Resolved,
  { postgres, replica, valkey, cache, media }: Omit<Foundation, "cluster">,
  namespace: pulumi.Output<string>,
  inside: InsideOptions,
): Environment {
  const { storage } = config.media;
  return new Environment(
    "environment",
    {
      namespace,
      config,
      secrets,
      postgres,
      replica,
      redisUrl: valkey.url,
      cacheUrl: cache?.url,
      mediaKey: storage === "none" ? undefined : media.keys[storage],
      mediaPurgeSecret: media.purge?.secret,
    },
    inside,
  );
}
