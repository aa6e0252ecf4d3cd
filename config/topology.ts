/**
 * Names that two layers must agree on: what Cloudflare's tunnel sends where is what the cluster
 * calls its Services. Stated once, so that they can't disagree.
 */

/** The Kubernetes namespace of everything here. */
export const NAMESPACE = "mastodon";

/**
 * The component of a pod that a person starts for one command. Not web's, or the Service would send
 * members' requests to it; its flows are a row of their own.
 */
export const ONE_OFF_COMPONENT = "one-off";

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
 * Postgres' transaction pool. Its name stands where the database's does; its port is one number for
 * every pool of every server (digitalocean/openapi
 * `specification/resources/databases/models/connection_pool.yml`, `port`). Both are said, not asked
 * of the pool: a new size is a new pool, which goes before its successor comes, and the engine
 * takes along whatever is made of what goes. Web, streaming and Sidekiq would be deleted first.
 */
export const POOL = { name: "mastodon-pool", port: 25_061 } as const;

/**
 * TCP ports of the API server as a pod's connection to `kubernetes.default` has them once its
 * Service is translated, which is what a policy sees: 443, or 16443, which a proxy on each node of
 * some clusters with a highly available control plane keeps for itself
 * (https://docs.digitalocean.com/products/kubernetes/details/limits/, read 2026-11-28).
 */
export const API_SERVER_PORTS = [443, 16_443] as const;

/**
 * Address ranges, none overlapping another: the VPC refuses clusters whose pods or Services overlap
 * it.
 */
export const RANGES = {
  vpc: "10.10.0.0/20",
  pods: "10.244.0.0/16",
  services: "10.245.0.0/16",
} as const;

/**
 * Proxies that Rails and streaming believe about a client's address. It replaces Mastodon's
 * own list of private ranges, so pods and loopback must be in it. A request with X-Forwarded-For
 * from any other address is answered with 500.
 */
export const TRUSTED_PROXIES = `127.0.0.0/8,${RANGES.pods},${RANGES.vpc}`;
