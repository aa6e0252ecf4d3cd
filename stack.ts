import type * as pulumi from "@pulumi/pulumi";
import { Edge } from "./cdn/edge.ts";
import { Tunnel } from "./cdn/tunnel.ts";
import type { StackConfig } from "./config/schema.ts";
import type { StackSecrets } from "./config/secrets.ts";
import { hostsOf } from "./config/topology.ts";
import { Cluster } from "./infra/cluster.ts";
import { Network } from "./infra/network.ts";
import { Postgres } from "./infra/postgres.ts";
import { Valkey } from "./infra/valkey.ts";
import { Assets } from "./k8s/assets.ts";
import { Connector } from "./k8s/connector.ts";
import { DatabaseGrants } from "./k8s/database-grants.ts";
import { CA_FILE, Environment } from "./k8s/environment.ts";
import { Migration } from "./k8s/migrations.ts";
import { makeNamespace } from "./k8s/namespace.ts";
import { NetworkPolicies } from "./k8s/network-policies.ts";
import { Sidekiq } from "./k8s/sidekiq.ts";
import { Streaming } from "./k8s/streaming.ts";
import { Web } from "./k8s/web.ts";

/** What a person or another program may want to know of a running stack. Holds no secret. */
export type StackOutputs = {
  /** Where the server answers. */
  readonly url: string;
  readonly streamingUrl: string;
  readonly assetsUrl: string;
  /** The database's host inside the VPC. */
  readonly databaseHost: pulumi.Output<string>;
};

/**
 * The whole server. Registers every resource and answers the stack's outputs; has no other effect, so a plan of it can be made
 * as often as one likes.
 */
export function createStack(config: StackConfig, secrets: StackSecrets): StackOutputs {
  const { region, cloudflare } = config;
  const hosts = hostsOf(config);

  const { vpcId, nodeTag } = new Network("network", { region });
  const cluster = new Cluster("cluster", { region, cluster: config.cluster, vpcId, nodeTag });
  const postgres = new Postgres("postgres", { region, postgres: config.postgres, vpcId, nodeTag });
  const valkey = new Valkey("valkey", { region, valkey: config.valkey, vpcId, nodeTag });
  const tunnel = new Tunnel("tunnel", { cloudflare, hosts, secret: secrets.tunnelSecret });

  // What is inside the cluster goes with it: nothing is deleted one by one, from an API server that may be gone.
  const goesWithCluster = { deletedWith: cluster.cluster };
  const inside = { providers: { kubernetes: cluster.provider }, ...goesWithCluster };
  const namespace = makeNamespace("namespace", { provider: cluster.provider, ...goesWithCluster });
  // Before the first pod: none of them is ever open to the others.
  const policies = new NetworkPolicies(
    "network",
    { namespace, sidekiq: config.sidekiq.map(({ name }) => `sidekiq-${name}`) },
    inside,
  );
  const environment = new Environment(
    "environment",
    { namespace, config, secrets, postgres, redisUrl: valkey.url },
    inside,
  );
  const guarded = { ...inside, dependsOn: [policies] };
  const { caVolume, caMount } = environment;
  const grants = new DatabaseGrants(
    "database-grants",
    { namespace, postgres, caVolume, caMount, caFile: CA_FILE },
    guarded,
  );
  // A Job's effect is in the database, where no output shows it: the order of a release has to be said.
  const schema = new Migration(
    "migrate-pre-deployment",
    { namespace, step: "pre-deployment", environment },
    { ...inside, dependsOn: [grants] },
  );
  const assets = new Assets(
    "assets",
    { namespace, previousVersion: config.previousVersion },
    guarded,
  );
  // Pages of the new version name files that only the new assets pods have.
  const released = { ...inside, dependsOn: [schema, assets] };
  const web = new Web("web", { namespace, web: config.web, environment }, released);
  const streaming = new Streaming(
    "streaming",
    { namespace, streaming: config.streaming, environment },
    released,
  );
  const sidekiq = config.sidekiq.map(
    (group) => new Sidekiq(`sidekiq-${group.name}`, { namespace, group, environment }, released),
  );
  const migrated = new Migration(
    "migrate-post-deployment",
    { namespace, step: "post-deployment", environment },
    // What these drop, the old version still reads: not before its last pod is gone.
    { ...inside, dependsOn: [web, streaming, ...sidekiq] },
  );
  const connector = new Connector("connector", { namespace, tunnelToken: tunnel.token }, guarded);

  new Edge(
    "edge",
    { cloudflare, hosts, tunnelHostname: tunnel.hostname },
    // Last: nobody sees a half-built server.
    { dependsOn: [migrated, connector] },
  );
  return {
    url: `https://${hosts.web}`,
    streamingUrl: `wss://${hosts.streaming}`,
    assetsUrl: `https://${hosts.assets}`,
    databaseHost: postgres.host,
  };
}
