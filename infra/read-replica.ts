import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";

/** Arguments of the replica. */
export interface ReadReplicaArgs {
  readonly region: string;
  readonly replica: NonNullable<StackConfig["postgres"]["readReplica"]>;
  readonly clusterId: pulumi.Input<string>;
  readonly vpcId: pulumi.Input<string>;
  readonly nodeTag: pulumi.Input<string>;
  readonly stackTag: pulumi.Input<string>;
}

/**
 * A read-only copy of the database, a moment behind. It holds no data of its own, so it has no
 * `protect`. It is no standby: nothing fails over to it.
 */
export class ReadReplica extends pulumi.ComponentResource {
  /** Host name inside the VPC, which its certificate covers. */
  readonly host: pulumi.Output<string>;
  /** Port of the replica, which has no connection pool. */
  readonly port: pulumi.Output<number>;

  constructor(name: string, args: ReadReplicaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:infra:ReadReplica", name, {}, opts);
    const replica = new digitalocean.DatabaseReplica(
      `${name}-replica`,
      {
        clusterId: args.clusterId,
        size: args.replica.size,
        // Changing either replaces the replica, so both are set instead of using a default that may
        // change.
        region: args.region,
        privateNetworkUuid: args.vpcId,
        tags: [args.stackTag],
      },
      // DigitalOcean answers 412 until the database's first backup exists. The provider retries for
      // 20 minutes and then waits for up to 30. `customTimeouts` has no effect, because the
      // resource has no timeouts.
      { parent: this },
    );
    new digitalocean.DatabaseFirewall(
      `${name}-firewall`,
      // A replica has firewall rules of its own, under its own id. At first it has none: open to
      // the Internet, with password and TLS only.
      { clusterId: replica.uuid, rules: [{ type: "tag", value: args.nodeTag }] },
      // Deleting it would open a replica that still exists.
      { parent: this, deletedWith: replica },
    );
    this.host = replica.privateHost;
    this.port = replica.port;
    this.registerOutputs({});
  }
}
