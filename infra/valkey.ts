import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";
import { VALKEY_VERSION } from "../config/versions.ts";

/** What Valkey needs to know. */
export interface ValkeyArgs {
  readonly region: string;
  readonly valkey: StackConfig["valkey"];
  readonly vpcId: pulumi.Input<string>;
  readonly nodeTag: pulumi.Input<string>;
}

/** What Mastodon calls Redis: queues, cache, feeds, and the messages to streaming. TLS only. */
export class Valkey extends pulumi.ComponentResource {
  /** `rediss://…` with the password, by the name inside the VPC. */
  readonly url: pulumi.Output<string>;

  constructor(name: string, args: ValkeyArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:infra:Valkey", name, {}, opts);
    const cluster = new digitalocean.DatabaseCluster(
      `${name}-cluster`,
      {
        engine: "valkey",
        version: VALKEY_VERSION,
        size: args.valkey.size,
        nodeCount: 1,
        region: args.region,
        privateNetworkUuid: args.vpcId,
        // Sidekiq's jobs live here: any other policy throws them away when memory is short.
        evictionPolicy: "noeviction",
        maintenanceWindows: [{ day: "sunday", hour: "06:00:00" }],
      },
      // Valkey has no backups at DigitalOcean: what was queued is gone with the cluster.
      { parent: this, protect: true, customTimeouts: { create: "60m" } },
    );
    new digitalocean.DatabaseFirewall(
      `${name}-firewall`,
      { clusterId: cluster.id, rules: [{ type: "tag", value: args.nodeTag }] },
      { parent: this },
    );
    this.url = cluster.privateUri;
    this.registerOutputs({});
  }
}
