import { publicNamesOf, type NameRole, type NamesConfig } from "../domain/public-names.ts";
import { SERVICES } from "../config/topology.ts";

/**
 * Every host that the world reaches at the edge, and what answers there. The DNS records and the
 * tunnel's rules are both made from this one list: a record without a rule is a 404, a rule without
 * a record is never asked. Pure.
 */

/** A way through the tunnel. */
export interface Route {
  /** Paths that are routed, as a regular expression of Go's. If unset: all. */
  readonly path?: string;
  readonly service: (typeof SERVICES)[keyof typeof SERVICES];
  /**
   * Seconds for which cloudflared keeps an idle connection. It must be shorter than the origin's
   * own: otherwise a request is sent into a connection that is being closed, and the visitor gets a
   * 502.
   */
  readonly idleSeconds: number;
}

/**
 * Web and the static files' nginx keep theirs 120 s (`k8s/web.ts`, `k8s/assets-nginx.ts`);
 * cloudflared's own default.
 */
const LONG_IDLE_SECONDS = 90;
/**
 * Node closes an idle connection after 5 s, and streaming says nothing else (mastodon/mastodon
 * `streaming/index.js`).
 */
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

/** Purpose and routes of each role of a name: the Services that answer there, if any. */
const ANSWERS: Readonly<Record<NameRole, Pick<PublicHost, "purpose" | "routes">>> = {
  web: {
    purpose: "pages, API, federation",
    routes: [{ service: SERVICES.web, idleSeconds: LONG_IDLE_SECONDS }],
  },
  streaming: {
    purpose: "streaming",
    // Only the API: `/metrics` stands on the same port, for everyone to read.
    routes: [
      { path: "^/api/v1/streaming", service: SERVICES.streaming, idleSeconds: NODE_IDLE_SECONDS },
    ],
  },
  assets: {
    purpose: "static files",
    routes: [{ service: SERVICES.assets, idleSeconds: LONG_IDLE_SECONDS }],
  },
  // Of a Space, which can't be reached by another host's name.
  media: {
    purpose: "media",
    routes: [{ service: SERVICES.assets, idleSeconds: LONG_IDLE_SECONDS }],
  },
  apex: { purpose: "the way to accounts", routes: [] },
  www: { purpose: "the way to the server", routes: [] },
};

/**
 * The hosts of this configuration whose records this program makes: those of R2 are Cloudflare's,
 * somebody's site keeps its own.
 */
export function publicHostsOf(config: NamesConfig): readonly PublicHost[] {
  return publicNamesOf(config)
    .filter(({ record }) => record === "ours")
    .map(({ host, role }) => ({ hostname: host, ...ANSWERS[role] }));
}
