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
 * `service`. The first that fits wins.
 */
export interface IngressRule {
  readonly hostname?: string;
  readonly path?: string;
  readonly service: string;
  readonly originRequest?: OriginRequest;
}

/**
 * No answer is waited for here with a limit: cloudflared has none for a request that runs, so a
 * stream lives, and an upload of 99 MB over a slow line takes its time; Cloudflare itself gives up
 * on an origin that says nothing for 100 s (cloudflare/cloudflare-docs
 * `src/content/docs/fundamentals/reference/connection-limits.mdx`). Nothing of TLS: inside the
 * cluster the tunnel is the only way, and network policies hold it.
 */
const ORIGIN_REQUEST = {
  // A pod that is gone is known in hundredths of a second; cloudflared's own 30 s would let a
  // rollout's requests pile up.
  connectTimeout: 5,
  tcpKeepAlive: 30,
  keepAliveConnections: 100,
} as const;

/**
 * The tunnel's rules: one for each host and path. The last one matches all other requests, as
 * cloudflared demands.
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
