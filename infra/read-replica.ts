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
 * A copy of the database that is a moment late and can only be read. It holds nothing of its own,
 * so it carries no `protect`. It is no standby: nothing is moved to it when the database fails.
 */
export class ReadReplica extends pulumi.ComponentResource {
  /** The name inside the VPC, which its certificate covers. */
  readonly host: pulumi.Output<string>;
  /** There is no pool in front of it. */
  readonly port: pulumi.Output<number>;

  constructor(name: string, args: ReadReplicaArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:infra:ReadReplica", name, {}, opts);
    const replica = new digitalocean.DatabaseReplica(
      `${name}-replica`,
      {
        clusterId: args.clusterId,
        size: args.replica.size,
        // Both replace it, so both are said rather than left to a default that may move.
        region: args.region,
        privateNetworkUuid: args.vpcId,
        tags: [args.stackTag],
      },
      // Until the database's first backup is made it is refused with 412. The provider asks again
      // for 20 minutes and then waits for up to 30, whatever `customTimeouts` says: the resource
      // has none.
      { parent: this },
    );
    new digitalocean.DatabaseFirewall(
      `${name}-firewall`,
      // It has rules of its own, under its own id, and none at first: open to the Internet,
      // password and TLS only.
      { clusterId: replica.uuid, rules: [{ type: "tag", value: args.nodeTag }] },
      // Deleting it would open a replica that is still there.
      { parent: this, deletedWith: replica },
    );
    this.host = replica.privateHost;
    this.port = replica.port;
    this.registerOutputs({});
  }
}
