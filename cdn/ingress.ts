import { SERVICES, serviceUrl, type Hosts } from "../config/topology.ts";

/** One rule of the tunnel: requests to `hostname` (and `path`, a regular expression) go to `service`. The first that fits wins. */
export interface IngressRule {
  readonly hostname?: string;
  readonly path?: string;
  readonly service: string;
}

/**
 * What reaches what. Of the streaming host only the API: `/metrics` stands on the same port, for everyone to read. `mediaHosts`
 * are those of media on Spaces, which the assets origin answers. The last rule takes what is left, as cloudflared demands.
 */
export function ingressOf(hosts: Hosts, mediaHosts: readonly string[] = []): IngressRule[] {
  return [
    {
      hostname: hosts.streaming,
      path: "^/api/v1/streaming",
      service: serviceUrl(SERVICES.streaming),
    },
    ...[hosts.assets, ...mediaHosts].map((hostname) => ({
      hostname,
      service: serviceUrl(SERVICES.assets),
    })),
    { hostname: hosts.web, service: serviceUrl(SERVICES.web) },
    { service: "http_status:404" },
  ];
}
