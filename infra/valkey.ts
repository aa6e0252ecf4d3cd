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
   * `everything`: Sidekiq's jobs, feeds, messages, cache. `cache`: nothing that can't be made
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
        // Sidekiq's jobs live here: any other policy throws them away when memory is short. A cache
        // is there to be thrown away. With underscores; DatabaseValkeyConfig wants hyphens for the
        // same, so it is set here alone.
        evictionPolicy: keeps ? "noeviction" : "allkeys_lru",
        maintenanceWindows: [databaseWindow(args.maintenance.day, args.maintenance.valkeyHour)],
        tags: [args.stackTag],
      },
      {
        parent: this,
        // Valkey has no backups at DigitalOcean: what was queued is gone with the cluster.
        protect: keeps,
        customTimeouts: { create: "60m" },
      },
    );
    new digitalocean.DatabaseFirewall(
      `${name}-firewall`,
      { clusterId: cluster.id, rules: [{ type: "tag", value: args.nodeTag }] },
      // Deleting it would open a database that is still there (see Postgres).
      { parent: this, deletedWith: cluster },
    );
    // No default is published. With "off" a restart, an update in the window included, comes up
    // empty: all waiting jobs are gone.
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
