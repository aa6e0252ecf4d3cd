/**
 * Names that two layers must agree on: the tunnel's targets at Cloudflare are the names of the
 * cluster's Services. They are defined only here, so that they can't differ.
 */

/** The Kubernetes namespace of the server. */
export const NAMESPACE = "mastodon";

/**
 * Component of a pod that runs one command for an operator. It is not web's, because the Service
 * would send it members' requests. Its flows are a row of their own.
 */
export const ONE_OFF_COMPONENT = "one-off";

/** Name of the tunnel at Cloudflare. One that the state has lost is looked for by it. */
export const TUNNEL_NAME = "mastodon";

/** The Services that the tunnel reaches. */
export const SERVICES = {
  web: { name: "web", port: 3000 },
  streaming: { name: "streaming", port: 4000 },
  assets: { name: "assets", port: 8080 },
} as const;

/** Port of the exporters of web and Sidekiq: prometheus_exporter's own. */
export const METRICS_PORT = 9394;

/**
 * Port on which the tunnel's connectors report their state: `/metrics`, and `/ready`, which
 * succeeds while at least one connection to Cloudflare stands (cloudflare/cloudflared
 * `metrics/readiness.go`).
 */
export const CONNECTOR_METRICS_PORT = 2_000;

/** A Service's address inside the cluster. */
export function serviceUrl(service: { readonly name: string; readonly port: number }): string {
  return `http://${service.name}.${NAMESPACE}.svc.cluster.local:${service.port}`;
}

/**
 * Postgres' transaction pool. Clients use its name as the database's name. Its port is the same for
 * every pool of every server (digitalocean/openapi
 * `specification/resources/databases/models/connection_pool.yml`, `port`).
 *
 * Both are constants, not outputs of the pool. A new size replaces the pool, which is deleted
 * before its replacement exists, and the engine also deletes everything that depends on its
 * outputs. Web, streaming and Sidekiq would be deleted first.
 */
export const POOL = { name: "mastodon-pool", port: 25_061 } as const;

/** Names of the database and of its roles, in every Postgres cluster of the stack. */
export const DATABASE_MEMBERS = {
  database: "mastodon",
  application: "mastodon",
  streaming: "mastodon_streaming",
  backup: "mastodon_backup",
} as const;

/**
 * TCP ports of the API server after a connection to `kubernetes.default` is translated, which is
 * what a policy sees. They are 443, or 16443 in some clusters with a highly available control
 * plane, where a proxy on each node uses it
 * (https://docs.digitalocean.com/products/kubernetes/details/limits/, read 2026-11-28).
 */
export const API_SERVER_PORTS = [443, 16_443] as const;

/**
 * An address for documentation, which no machine has (RFC 5737). As the only trusted source of a
 * database it admits nobody; an empty list would admit everyone (terraform-provider-digitalocean
 * `resource_database_firewall.go`).
 */
export const NOBODY = "192.0.2.1";

/**
 * Address ranges, none of which overlaps another: the VPC refuses clusters whose pods or Services
 * overlap it.
 */
export const RANGES = {
  vpc: "10.10.0.0/20",
  pods: "10.244.0.0/16",
  services: "10.245.0.0/16",
} as const;

/**
 * Range of the private network by `network`. Ranges of one account must not overlap
 * (https://docs.digitalocean.com/reference/terraform/reference/resources/vpc), so the network that
 * replaces a lost one has another. None of a hundred overlaps with pods or Services.
 */
export function vpcRangeOf(network: number): string {
  return `10.${9 + network}.0.0/20`;
}

/**
 * Proxies that Rails and streaming trust about a client's address. It replaces Mastodon's own list
 * of private ranges, so pods and loopback must be in it. A request with X-Forwarded-For from any
 * other address is answered with 500.
 */
export const TRUSTED_PROXIES = `127.0.0.0/8,${RANGES.pods},${RANGES.vpc}`;
