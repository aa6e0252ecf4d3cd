import { serviceUrl } from "../config/topology.ts";
import type { PublicHost } from "./public-hosts.ts";

/** Settings of cloudflared's connections to the origin, in seconds. */
export interface OriginRequest {
  readonly connectTimeout: number;
  readonly tcpKeepAlive: number;
  readonly keepAliveTimeout: number;
  readonly keepAliveConnections: number;
}

/**
 * One rule of the tunnel: requests to `hostname` (and `path`, a regular expression) go to
 * `service`. The first match wins.
 */
export interface IngressRule {
  readonly hostname?: string;
  readonly path?: string;
  readonly service: string;
  readonly originRequest?: OriginRequest;
}

/**
 * No limit on the time to an answer. cloudflared has none for a running request, so a stream stays
 * open and an upload of 99 MB over a slow line can finish. Cloudflare itself times out after an
 * origin has sent nothing for 100 s (cloudflare/cloudflare-docs
 * `src/content/docs/fundamentals/reference/connection-limits.mdx`).
 *
 * No TLS inside the cluster: network policies allow only the tunnel to connect.
 */
const ORIGIN_REQUEST = {
  // Default of cloudflared: 30 s, in which the requests of a rollout would pile up. A pod that is
  // gone is detected within hundredths of a second.
  connectTimeout: 5,
  tcpKeepAlive: 30,
  keepAliveConnections: 100,
} as const;

/**
 * Rules of the tunnel: one for each host and path. The last one matches all other requests, because
 * cloudflared requires a catch-all.
 */
export function ingressOf(hosts: readonly PublicHost[]): readonly IngressRule[] {
  return [
    ...hosts.flatMap(({ hostname, routes }) =>
      routes.map(({ path, service, idleSeconds }) => ({
        hostname,
        ...(path === undefined ? {} : { path }),
        service: serviceUrl(service),
        originRequest: { ...ORIGIN_REQUEST, keepAliveTimeout: idleSeconds },
      })),
    ),
    { service: "http_status:404" },
  ];
}
