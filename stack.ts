import type * as pulumi from "@pulumi/pulumi";
import { Edge } from "./cdn/edge.ts";
import { MediaPurge } from "./cdn/media-purge.ts";
import { R2Media } from "./cdn/media.ts";
import { publicHostsOf } from "./cdn/public-hosts.ts";
import { recordsOf } from "./cdn/records.ts";
import { edgeRulesOf } from "./cdn/rules/all.ts";
import { Tunnel } from "./cdn/tunnel.ts";
import { mediaBucketsOf, mediaHostsOfCluster, mediaOf, spaceOrigin } from "./config/media.ts";
import type { Verdict } from "./config/look/answer.ts";
import { lifeAfter, type Life } from "./config/data-life.ts";
import { FIRST_RELEASE, type Release } from "./config/release.ts";
import { deployedFacts, imagesOf, versionOf } from "./config/deployed-images.ts";
import { runningAs, type Running } from "./config/running.ts";
import type { StackConfig } from "./config/schema.ts";
import type { Stoppable } from "./config/schema/stopped.ts";
import type { StackSecrets } from "./config/secrets.ts";
import { FIXED_REPLICAS } from "./config/resources.ts";
import { hostsOf } from "./config/hosts.ts";
import { mostPodsOf, rolloutSeconds } from "./config/update-length.ts";
import { Cluster } from "./infra/cluster.ts";
import { DatabaseAlerts } from "./infra/database-alerts.ts";
import { MediaSpace } from "./infra/media-space.ts";
import { Network } from "./infra/network.ts";
import { recipientsOf } from "./infra/notifications.ts";
import { Postgres } from "./infra/postgres.ts";
import { Project } from "./infra/project.ts";
import { ReadReplica } from "./infra/read-replica.ts";
import { Uptime } from "./infra/uptime.ts";
import { Valkey } from "./infra/valkey.ts";
import { Assets } from "./k8s/assets.ts";
import { Connector } from "./k8s/connector.ts";
import { DatabaseGrants } from "./k8s/database-grants.ts";
import { Environment } from "./k8s/environment.ts";
import { CA_FILE } from "./k8s/environment/databases.ts";
import { MetricsServer } from "./k8s/metrics-server.ts";
import { Migration } from "./k8s/migrations.ts";
import { makeNamespace } from "./k8s/namespace.ts";
import { NamespaceLimits } from "./k8s/namespace-limits.ts";
import { NetworkPolicies } from "./k8s/network-policies.ts";
import { Observability } from "./k8s/observability.ts";
import { PodMonitors } from "./k8s/pod-monitors.ts";
import { Preflight } from "./k8s/preflight.ts";
import { RolloutAccess } from "./k8s/rollout-access.ts";
import { Rollout } from "./k8s/rollout.ts";
import { SearchIndices } from "./k8s/search-indices.ts";
import { Sidekiq } from "./k8s/sidekiq.ts";
import { StreamingGrants } from "./k8s/streaming-grants.ts";
import { Streaming } from "./k8s/streaming.ts";
import { Upkeep } from "./k8s/upkeep.ts";
import { Web } from "./k8s/web.ts";

/** What a person or another program may want to know of a running stack. Holds no secret. */
export type StackOutputs = {
  /** Where the server answers. */
  readonly url: string;
  readonly streamingUrl: string;
  readonly assetsUrl: string;
  /** The database's host inside the VPC. */
  readonly databaseHost: pulumi.Output<string>;
  /** What the next update is held against: see `config/running.ts`. Known once the release is through: an update that failed leaves the one before. */
  readonly running: pulumi.Output<Running>;
};

/**
 * The whole server. Registers every resource and answers the stack's outputs; has no other effect, so a plan of it can be made
 * as often as one likes.
 * @param life whether an empty database is right; without one, that of a stack that begins.
 * @param seen what a look at the clouds said (`look.ts`); without one, what is written is taken as it stands.
 */
export function createStack(
  config: StackConfig,
  secrets: StackSecrets,
  release: Release = FIRST_RELEASE,
  seen: Pick<Verdict, "kubernetesVersion"> = { kubernetesVersion: config.cluster.version },
  life: Life = lifeAfter(undefined, config, imagesOf(config, release.images).mastodon, new Date()),
): StackOutputs {
  const { region, cloudflare, maintenance, alerts, metrics } = config;
  const images = imagesOf(config, release.images);
  const image = images.mastodon;
  const hosts = hostsOf(config);
  const publicHosts = publicHostsOf(config);
  // Refuses a release that nothing is known of.
  const facts = deployedFacts(config, release.images);
  // Refuses what the zone's plan has no room for: before the first resource.
  const edgeRules = edgeRulesOf(config, image, facts);

  const { vpcId, nodeTag, stackTag } = new Network("network", { region });
  const place = { region, vpcId, nodeTag, stackTag };
  const cluster = new Cluster("cluster", {
    ...place,
    cluster: { ...config.cluster, version: seen.kubernetesVersion },
    maintenance,
  });
  const postgres = new Postgres("postgres", {
    ...place,
    postgres: config.postgres,
    maintenance,
    refusal: life.refusal,
  });
  const valkey = new Valkey("valkey", {
    ...place,
    valkey: config.valkey,
    holds: "everything",
    maintenance,
  });
  // Exists where `valkey.cache` says so.
  const cache =
    config.valkey.cache &&
    new Valkey("cache", {
      ...place,
      // A cache that fails is made anew: no standby.
      valkey: { ...config.valkey.cache, nodes: 1 },
      holds: "cache",
      maintenance,
    });
  // Exists where `postgres.readReplica` says so.
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
      valkey.cloudUrn,
      ...(cache === undefined ? [] : [cache.cloudUrn]),
    ],
  });
  // Which of them exist, `media.storage` and `media.standby` say.
  const buckets = mediaBucketsOf(config);
  const space = buckets.find(({ store }) => store === "spaces");
  const r2 = buckets.find(({ store }) => store === "r2");
  const mediaKeys = {
    spaces: space && new MediaSpace("media-space", { bucket: space, media: config.media }),
    r2:
      r2 &&
      new R2Media("media-r2", {
        cloudflare,
        bucket: r2,
        media: config.media,
        later: config.dns.later,
      }),
  };
  // Exists where `media.purge` says so.
  const purged = config.media.purge ? mediaOf(config) : undefined;
  const purge =
    purged && new MediaPurge("media-purge", { cloudflare, bucket: purged, webHost: hosts.web });
  const mediaHosts = mediaHostsOfCluster(config);
  const tunnel = new Tunnel("tunnel", {
    cloudflare,
    hosts: publicHosts,
    secret: secrets.tunnelSecret,
  });

  // What is inside the cluster goes with it: nothing is deleted one by one, from an API server that may be gone.
  const goesWithCluster = { deletedWith: cluster.cluster };
  const inside = { providers: { kubernetes: cluster.provider }, ...goesWithCluster };
  // Exists unless `cluster.metricsServer` says that there is one.
  if (config.cluster.metricsServer === "install")
    new MetricsServer("metrics-server", { image: images.metricsServer }, inside);
  const namespace = makeNamespace("namespace", { provider: cluster.provider, ...goesWithCluster });
  const limits = new NamespaceLimits("limits", { namespace, config }, inside);
  const groups = config.sidekiq.map(({ name }) => `sidekiq-${name}`);
  // Before the first pod: none of them is ever open to the others.
  const policies = new NetworkPolicies(
    "network",
    {
      namespace,
      sidekiq: groups,
      options: { ...config, mediaThroughCluster: mediaHosts.length > 0 },
    },
    inside,
  );
  const environment = new Environment(
    "environment",
    {
      namespace,
      config,
      secrets,
      postgres,
      replica,
      redisUrl: valkey.url,
      cacheUrl: cache?.url,
      mediaKey: config.media.storage === "none" ? undefined : mediaKeys[config.media.storage],
      mediaPurgeSecret: purge?.secret,
    },
    inside,
  );
  const { caVolume, caMount } = environment;
  // From here on in the order of a release: each step awaited, none begun before the one that it says. A step's effect is in the database, or in what
  // members load, where no output shows it: the order has to be said. What fails stops there, and what ran before goes on running.
  // A policy or limit that came later would let the first pods past it.
  const guarded = { ...inside, dependsOn: [policies, limits] };
  // Another life of the database runs every step of a release again.
  const epoch = config.postgres.origin?.epoch;
  // The pool stands in no value of a pod (`POOL`); everything that uses it comes after the preflight.
  const preflight = new Preflight(
    "preflight",
    { namespace, image, environment, epoch },
    { ...inside, dependsOn: [policies, limits, postgres.pool] },
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
  const schema = new Migration(
    "migrate-pre-deployment",
    { namespace, image, step: "pre-deployment", minutes, environment, epoch, life },
    // Without them it can't make a table.
    { ...inside, dependsOn: [grants] },
  );
  const version = versionOf(config, release.images);
  const streamingGrants = new StreamingGrants(
    "streaming-grants",
    { ...sql, reads: facts.streamingReads, release: image },
    // Only what is there can be granted. Before web and Sidekiq, too: what fails here leaves the old version whole.
    { ...inside, dependsOn: [schema] },
  );
  const previousImage = config.assets.keepPrevious ? release.previousImage : undefined;
  const assets = new Assets(
    "assets",
    {
      namespace,
      images,
      staticPaths: facts.staticPaths,
      previousImage,
      media:
        space && mediaHosts.length > 0
          ? { hosts: mediaHosts, origin: spaceOrigin(space) }
          : undefined,
    },
    // As the grants; beside the schema, which it has nothing to do with.
    { ...inside, dependsOn: [preflight] },
  );
  const { account } = new RolloutAccess("rollout-access", { namespace }, inside);
  // A Deployment is done for the engine as soon as it is written; these two steps wait for its pods.
  const waits = { namespace, image, account, epoch };
  const assetsRolled = new Rollout(
    "rollout-assets",
    { ...waits, deployments: [assets.rolled], seconds: rolloutSeconds(FIXED_REPLICAS.assets) },
    { ...inside, dependsOn: [assets] },
  );
  // New code reads columns that the old schema lacks, and pages of the new version name files that only the new assets pods have. The three go
  // together: a job of a kind that an old Sidekiq doesn't know yet fails there, and is tried again when it is new.
  const released = { ...inside, dependsOn: [streamingGrants, assetsRolled] };
  const isStopped = (what: Stoppable): boolean => config.stopped.includes(what);
  const web = new Web(
    "web",
    { namespace, image, web: config.web, environment, metrics, stopped: isStopped("web") },
    released,
  );
  const streaming = new Streaming(
    "streaming",
    {
      namespace,
      image: images.streaming,
      streaming: config.streaming,
      environment,
      metrics,
      stopped: isStopped("streaming"),
    },
    released,
  );
  const sidekiq = config.sidekiq.map(
    (group) =>
      new Sidekiq(
        `sidekiq-${group.name}`,
        {
          namespace,
          image,
          group,
          queues: facts.queues,
          environment,
          metrics,
          keda: config.cluster.keda,
          stopped: isStopped("sidekiq"),
        },
        released,
      ),
  );
  const connector = new Connector(
    "connector",
    { namespace, image: images.cloudflared, tunnelToken: tunnel.token, metrics },
    guarded,
  );
  const members = [web, streaming, ...sidekiq, connector];
  const rolledOut = new Rollout(
    "rollout",
    {
      ...waits,
      deployments: members.map(({ rolled }) => rolled),
      seconds: rolloutSeconds(mostPodsOf(config)),
    },
    { ...inside, dependsOn: members },
  );
  const migrated = new Migration(
    "migrate-post-deployment",
    { namespace, image, step: "post-deployment", minutes, environment, epoch, life },
    // What these drop, the old version still reads: not before its last pod is gone.
    { ...inside, dependsOn: [rolledOut] },
  );
  // It is the new code that runs at night, on the new schema.
  new Upkeep(
    "upkeep",
    {
      namespace,
      image,
      upkeep: config.upkeep,
      environment,
      suspended: isStopped("sidekiq"),
    },
    released,
  );

  // Exists where `observability` says that somebody takes what it makes.
  const { observability } = config;
  if (observability.prometheusRule || observability.grafanaDashboard)
    new Observability("observability", { namespace, observability }, inside);

  // Exist where `metrics` says that the Prometheus is the operator's.
  if (metrics?.podMonitor === true)
    new PodMonitors(
      "pod-monitors",
      { namespace, sidekiq: groups, release: observability.release },
      inside,
    );

  const edge = new Edge(
    "edge",
    {
      cloudflare,
      records: recordsOf(config),
      rules: edgeRules,
      tunnelHostname: tunnel.hostname,
    },
    // Last: nobody sees a half-built server.
    { dependsOn: [migrated] },
  );
  // Exists where `search` says that there is a server. After the edge: an hour of filling it, or a failure, keeps nobody out.
  if (config.search !== undefined)
    new SearchIndices(
      "search-deploy",
      {
        namespace,
        search: config.search,
        image,
        version,
        environment,
        epoch,
      },
      { ...inside, dependsOn: [edge] },
    );
  // Exist where `alerts` names someone to be told.
  const recipients = recipientsOf(alerts, secrets.slackWebhook);
  if (recipients !== undefined) {
    new DatabaseAlerts("database-alerts", {
      databases: {
        postgres: postgres.clusterId,
        valkey: valkey.clusterId,
        ...(cache === undefined ? {} : { cache: cache.clusterId }),
      },
      alerts,
      recipients,
    });
    // Before the records are there it would wake someone.
    new Uptime("uptime", { hosts, alerts, recipients }, { dependsOn: [edge] });
  }
  return {
    url: `https://${hosts.web}`,
    streamingUrl: `wss://${hosts.streaming}`,
    assetsUrl: `https://${hosts.assets}`,
    databaseHost: postgres.host,
    // The last step's id is there when it is done.
    running: migrated.job.id.apply(() => runningAs(config, release, life.data)),
  };
}
