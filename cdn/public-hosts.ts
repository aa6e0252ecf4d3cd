import { mediaHostsOfCluster, type MediaConfig } from "../config/media.ts";
import type { StackConfig } from "../config/schema.ts";
import { hostsOf, SERVICES } from "../config/topology.ts";

/**
 * Every host that the world reaches at the edge, and what answers there. The DNS records and the tunnel's rules are both made from this one list: a record
 * without a rule is a 404, a rule without a record is never asked. Pure.
 */

/** A way through the tunnel. */
export interface Route {
  /** Which paths, as a regular expression of Go's; every one where it is left out. */
  readonly path?: string;
  readonly service: (typeof SERVICES)[keyof typeof SERVICES];
  /**
   * How long cloudflared keeps an idle connection, seconds: shorter than what answers does, or a request is sent into one that is being closed, and the
   * visitor gets a 502.
   */
  readonly idleSeconds: number;
}

/** Web and the static files' nginx keep theirs 120 s (`k8s/web.ts`, `k8s/assets-nginx.ts`); cloudflared's own default. */
const LONG_IDLE_SECONDS = 90;
/** Node closes an idle connection after 5 s, and streaming says nothing else (mastodon/mastodon `streaming/index.js`). */
const NODE_IDLE_SECONDS = 4;

/** A host. All are proxied: behind the proxy alone are the tunnel, the cache and the rules. */
export interface PublicHost {
  /** Names the record in Pulumi, too. */
  readonly hostname: string;
  /** For the record's comment. */
  readonly purpose: string;
  /** None where the edge itself answers, with a redirect. */
  readonly routes: readonly Route[];
}

/** The hosts of this configuration. */
export function publicHostsOf(
  config: MediaConfig & Pick<StackConfig, "cloudflare" | "hosts">,
): readonly PublicHost[] {
  const { domain, webDomain, cloudflare } = config;
  const hosts = hostsOf(config);
  return [
    {
      hostname: hosts.web,
      purpose: "pages, API, federation",
      routes: [{ service: SERVICES.web, idleSeconds: LONG_IDLE_SECONDS }],
    },
    {
      hostname: hosts.streaming,
      purpose: "streaming",
      // Only the API: `/metrics` stands on the same port, for everyone to read.
      routes: [
        { path: "^/api/v1/streaming", service: SERVICES.streaming, idleSeconds: NODE_IDLE_SECONDS },
      ],
    },
    {
      hostname: hosts.assets,
      purpose: "static files",
      routes: [{ service: SERVICES.assets, idleSeconds: LONG_IDLE_SECONDS }],
    },
    // Exist where media lies on Spaces, which can't be reached by another host's name; those of R2 have records of Cloudflare's own making.
    ...mediaHostsOfCluster(config).map((hostname) => ({
      hostname,
      purpose: "media",
      routes: [{ service: SERVICES.assets, idleSeconds: LONG_IDLE_SECONDS }],
    })),
    // Exists where the identity has a host of its own with nothing else at it. Somebody's site keeps its own record.
    ...(domain !== webDomain && cloudflare.apex === "redirect"
      ? [{ hostname: domain, purpose: "the way to accounts", routes: [] } as const]
      : []),
    // Exists where `cloudflare.www` says so.
    ...(cloudflare.www
      ? [
          {
            hostname: `www.${domain}`,
            purpose: "the way to the server",
            routes: [],
          } as const,
        ]
      : []),
  ];
}
