import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { vpcRangeOf } from "../config/topology.ts";

/** Arguments of the network. */
export interface NetworkArgs {
  /** Changing it replaces the VPC, and with it every resource in it. */
  readonly region: string;
  /** Number of its range. Changing it replaces the VPC, too. */
  readonly network: number;
}

/**
 * The private network of cluster and databases, and the tag by which databases allow their clients.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /**
   * Tag of every node, which the databases' firewalls allow. A tag needs no cluster id, so the
   * firewalls can exist before the cluster.
   */
  readonly nodeTag: pulumi.Output<string>;
  /**
   * Tag of everything that is billed. With it an operator finds resources that an aborted create
   * left and the state does not have.
   */
  readonly stackTag: pulumi.Output<string>;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:infra:Network", name, {}, opts);
    const vpc = new digitalocean.Vpc(
      `${name}-vpc`,
      {
        region: args.region,
        ipRange: vpcRangeOf(args.network),
        description: "Mastodon: cluster and databases",
      },
      // Protected: replacing the VPC replaces the databases in it, with their data. Its delete
      // answers 409 until DigitalOcean has removed the members, minutes after their own delete
      // returned (terraform-provider-digitalocean#488).
      { parent: this, protect: true, customTimeouts: { delete: "15m" } },
    );
    const tag = new digitalocean.Tag(`${name}-nodes`, {}, { parent: this });
    const stackTag = new digitalocean.Tag(`${name}-stack`, {}, { parent: this });
    this.vpcId = vpc.id;
    this.nodeTag = tag.name;
    this.stackTag = stackTag.name;
    this.registerOutputs({ vpcId: this.vpcId });
  }
}
