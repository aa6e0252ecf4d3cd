import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";
import { VALKEY_VERSION } from "../config/versions.ts";
import { databaseWindow } from "./maintenance.ts";

/** Arguments of a Valkey cluster. */
export interface ValkeyArgs {
  readonly region: string;
  readonly valkey: Pick<StackConfig["valkey"], "size" | "nodes">;
  /**
   * `everything`: Sidekiq's jobs, feeds, messages, cache. `cache`: only data that can be created
   * again.
   */
  readonly holds: "everything" | "cache";
  readonly vpcId: pulumi.Input<string>;
  readonly nodeTag: pulumi.Input<string>;
  readonly stackTag: pulumi.Input<string>;
  readonly maintenance: StackConfig["maintenance"];
}

/** Mastodon's Redis: queues, cache, feeds, and the messages to streaming. TLS only. */
export class Valkey extends pulumi.ComponentResource {
  readonly clusterId: pulumi.Output<string>;
  /** `do:dbaas:<id>` */
  readonly cloudUrn: pulumi.Output<string>;
  /** `rediss://…` with the password, by the name inside the VPC. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ValkeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:infra:Valkey", name, {}, opts);
    const keeps = args.holds === "everything";
    const cluster = new digitalocean.DatabaseCluster(
      `${name}-cluster`,
      {
        engine: "valkey",
        version: VALKEY_VERSION,
        size: args.valkey.size,
        nodeCount: args.valkey.nodes,
        region: args.region,
        privateNetworkUuid: args.vpcId,
        // Sidekiq's jobs are here: any other policy deletes them when memory is short. A cache may
        // lose entries. The value has underscores; DatabaseValkeyConfig requires hyphens for the
        // same setting, so it is set only here.
        evictionPolicy: keeps ? "noeviction" : "allkeys_lru",
        maintenanceWindows: [databaseWindow(args.maintenance.day, args.maintenance.valkeyHour)],
        tags: [args.stackTag],
      },
      {
        parent: this,
        // Valkey has no backups at DigitalOcean: queued jobs are lost with the cluster.
        protect: keeps,
        customTimeouts: { create: "60m" },
      },
    );
    new digitalocean.DatabaseFirewall(
      `${name}-firewall`,
      { clusterId: cluster.id, rules: [{ type: "tag", value: args.nodeTag }] },
      // Deleting it would open a database that still exists (see Postgres).
      { parent: this, deletedWith: cluster },
    );
    // DigitalOcean publishes no default. With "off", Valkey is empty after a restart, including an
    // update in the window: all waiting jobs are lost.
    if (keeps)
      new digitalocean.DatabaseValkeyConfig(
        `${name}-settings`,
        { clusterId: cluster.id, persistence: "rdb" },
        { parent: this },
      );
    this.clusterId = cluster.id;
    this.cloudUrn = cluster.clusterUrn;
    this.url = cluster.privateUri;
    this.registerOutputs({});
  }
}
