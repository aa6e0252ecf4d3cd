import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";
import { DATABASE_MEMBERS, NOBODY } from "../config/topology.ts";
import { POSTGRES_VERSION } from "../config/versions.ts";

/** Arguments of a database cluster that does not serve. */
export interface IdlePostgresArgs {
  readonly region: string;
  readonly postgres: StackConfig["postgres"];
  /** Whether dumps are made, which have a role of their own. */
  readonly backup: boolean;
}

/**
 * Inputs of a cluster. None is compared: the cluster stays as it was while it served, also in
 * another region and network.
 */
const AS_IT_WAS = [
  "name",
  "engine",
  "version",
  "size",
  "nodeCount",
  "region",
  "privateNetworkUuid",
  "maintenanceWindows",
  "storageSizeMib",
  "storageAutoscale",
  "tags",
];

/**
 * The database cluster that another one took the place of, or gives it back to: with its data and
 * roles, reachable by nobody. It has the type and the names of `Postgres`, so its URNs stay.
 *
 * It is retained instead of protected. The engine refuses to forget a protected resource
 * (pulumi/pulumi v3.259.0 `pkg/resource/deploy/step.go`, DeleteStep.Apply), so `former: release`
 * would need a command by hand. A retained one is never deleted in the cloud, neither by an
 * update that forgets it nor by `pulumi destroy`.
 */
export class IdlePostgres extends pulumi.ComponentResource {
  /** `do:dbaas:<id>` */
  readonly cloudUrn: pulumi.Output<string>;

  constructor(name: string, args: IdlePostgresArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:infra:Postgres", name, {}, opts);
    const retained = { parent: this, protect: false, retainOnDelete: true } as const;
    const cluster = new digitalocean.DatabaseCluster(
      `${name}-cluster`,
      {
        engine: "pg",
        version: POSTGRES_VERSION,
        size: args.postgres.size,
        nodeCount: args.postgres.nodes,
        region: args.region,
      },
      { ...retained, ignoreChanges: AS_IT_WAS },
    );
    const clusterId = cluster.id;
    // A pool is missing on purpose: deleting it closes the connections that pods of a lost cluster
    // still hold, which no firewall rule does.
    new digitalocean.DatabaseFirewall(
      `${name}-firewall`,
      { clusterId, rules: [{ type: "ip_addr", value: NOBODY }] },
      { ...retained, deletedWith: cluster },
    );
    new digitalocean.DatabaseDb(
      `${name}-database`,
      { clusterId, name: DATABASE_MEMBERS.database },
      retained,
    );
    new digitalocean.DatabaseUser(
      `${name}-application`,
      { clusterId, name: DATABASE_MEMBERS.application },
      retained,
    );
    new digitalocean.DatabaseUser(
      `${name}-streaming`,
      { clusterId, name: DATABASE_MEMBERS.streaming },
      retained,
    );
    // Optional: `backup`.
    if (args.backup)
      new digitalocean.DatabaseUser(
        `${name}-backup`,
        { clusterId, name: DATABASE_MEMBERS.backup },
        retained,
      );
    this.cloudUrn = cluster.clusterUrn;
    this.registerOutputs({});
  }
}
