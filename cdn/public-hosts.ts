import { publicNamesOf, type NameRole, type NamesConfig } from "../domain/public-names.ts";
import { SERVICES } from "../config/topology.ts";

/**
 * Every host that the world reaches at the edge, with the Service behind it. The DNS records and
 * the tunnel's rules are both derived from this list. A record without a rule is a 404; a rule
 * without a record gets no requests.
 */

/** A route through the tunnel. */
export interface Route {
  /** Paths that are routed, as a regular expression of Go's. If unset: all. */
  readonly path?: string;
  readonly service: (typeof SERVICES)[keyof typeof SERVICES];
  /**
   * Seconds for which cloudflared keeps an idle connection. It must be shorter than the origin's
   * own timeout. Otherwise a request is sent into a connection that the origin is closing, and the
   * visitor gets a 502.
   */
  readonly idleSeconds: number;
}

/**
 * cloudflared's default. Web and the nginx of the static files keep idle connections for 120 s
 * (`k8s/web.ts`, `k8s/assets-nginx.ts`).
 */
const LONG_IDLE_SECONDS = 90;
/**
 * Node closes an idle connection after 5 s, and streaming does not change that (mastodon/mastodon
 * `streaming/index.js`).
 */
const NODE_IDLE_SECONDS = 4;

/**
 * A host. Every host is proxied, because the tunnel, the cache and the rules exist only behind
 * Cloudflare's proxy.
 */
export interface PublicHost {
  /** Also names the record in Pulumi. */
  readonly hostname: string;
  /** Text for the record's comment. */
  readonly purpose: string;
  /** Empty if the edge itself answers, with a redirect. */
  readonly routes: readonly Route[];
}

/** Purpose and routes of each role of a name, with the Services that answer, if any. */
const ANSWERS: Readonly<Record<NameRole, Pick<PublicHost, "purpose" | "routes">>> = {
  web: {
    purpose: "pages, API, federation",
    routes: [{ service: SERVICES.web, idleSeconds: LONG_IDLE_SECONDS }],
  },
  streaming: {
    purpose: "streaming",
    // Only the API: the same port serves `/metrics` without authentication.
    routes: [
      { path: "^/api/v1/streaming", service: SERVICES.streaming, idleSeconds: NODE_IDLE_SECONDS },
    ],
  },
  assets: {
    purpose: "static files",
    routes: [{ service: SERVICES.assets, idleSeconds: LONG_IDLE_SECONDS }],
  },
  // A Space, which does not answer to another host's name.
  media: {
    purpose: "media",
    routes: [{ service: SERVICES.assets, idleSeconds: LONG_IDLE_SECONDS }],
  },
  apex: { purpose: "the way to accounts", routes: [] },
  www: { purpose: "the way to the server", routes: [] },
};

/**
 * Hosts of this configuration whose records this program creates. Cloudflare creates those of R2,
 * and another site at a host keeps its own.
 */
export function publicHostsOf(config: NamesConfig): readonly PublicHost[] {
  return publicNamesOf(config)
    .filter(({ record }) => record === "ours")
    .map(({ host, role }) => ({ hostname: host, ...ANSWERS[role] }));
}
