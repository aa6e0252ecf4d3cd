import * as digitalocean from "@pulumi/digitalocean";
import * as pulumi from "@pulumi/pulumi";
import { RANGES } from "../config/topology.ts";

/** Arguments of the network. */
export interface NetworkArgs {
  /** Changing it replaces the VPC, and with it everything that lives in it. */
  readonly region: string;
}

/**
 * The private network that cluster and databases share, and the tag by which databases know their
 * clients.
 */
export class Network extends pulumi.ComponentResource {
  readonly vpcId: pulumi.Output<string>;
  /**
   * Carried by every node; the databases' firewalls admit it. A tag needs no cluster id, so they
   * can close before the cluster exists.
   */
  readonly nodeTag: pulumi.Output<string>;
  /** Carried by all that is billed: how to find what an aborted create left behind, in no state. */
  readonly stackTag: pulumi.Output<string>;

  constructor(name: string, args: NetworkArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:infra:Network", name, {}, opts);
    const vpc = new digitalocean.Vpc(
      `${name}-vpc`,
      { region: args.region, ipRange: RANGES.vpc, description: "Mastodon: cluster and databases" },
      // A replaced VPC replaces the databases in it, with their data. Its delete answers 409 until
      // DigitalOcean has really taken the members away, minutes after their own delete returned
      // (terraform-provider-digitalocean#488).
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
