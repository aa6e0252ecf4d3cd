import * as cloudflare from "@pulumi/cloudflare";
import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config/schema.ts";
import { TUNNEL_NAME } from "../config/topology.ts";
import { connectorTokenOf } from "./connector-token.ts";
import { ingressOf } from "./ingress.ts";
import type { PublicHost } from "./public-hosts.ts";

/** Arguments of the tunnel. */
export interface TunnelArgs {
  readonly cloudflare: StackConfig["cloudflare"];
  readonly hosts: readonly PublicHost[];
  /**
   * Secret with which connectors authenticate. A new one applies to new connections; open ones stay
   * (docs/edge.md).
   */
  readonly secret: pulumi.Input<string>;
}

/**
 * The tunnel: cloudflared dials out from the cluster, so no port is open and no load balancer is
 * needed. A rebuilt cluster dials the same tunnel, so no DNS record depends on the cluster.
 */
export class Tunnel extends pulumi.ComponentResource {
  /** Target of the DNS records. */
  readonly hostname: pulumi.Output<string>;
  /** Token for the connectors; a secret. */
  readonly token: pulumi.Output<string>;

  constructor(name: string, args: TunnelArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:cdn:Tunnel", name, {}, opts);
    const { accountId } = args.cloudflare;
    const tunnel = new cloudflare.ZeroTrustTunnelCloudflared(
      `${name}-tunnel`,
      { accountId, name: TUNNEL_NAME, configSrc: "cloudflare", tunnelSecret: args.secret },
      // Protected: a new tunnel has a new id. Every DNS record would have to change, and running
      // connectors would lose their tunnel.
      { parent: this, protect: true },
    );
    new cloudflare.ZeroTrustTunnelCloudflaredConfig(
      `${name}-ingress`,
      { accountId, tunnelId: tunnel.id, config: { ingresses: [...ingressOf(args.hosts)] } },
      { parent: this },
    );
    this.hostname = pulumi.interpolate`${tunnel.id}.cfargotunnel.com`;
    // Derived from the tunnel's id, so that connectors get a new token only after the tunnel has
    // its new secret.
    this.token = pulumi.secret(
      pulumi
        .all([tunnel.id, args.secret])
        .apply(([tunnelId, secret]) => connectorTokenOf({ accountId, tunnelId, secret })),
    );
    this.registerOutputs({ hostname: this.hostname });
  }
}
