import {
  API_SERVER_PORTS,
  ONE_OFF_COMPONENT,
  POOL,
  RANGES,
  SERVICES,
} from "../../config/topology.ts";
import { RESTORE_COMPONENTS } from "../../domain/restore.ts";
import { DIRECT_PORT, tcp, type Flow, type Outside } from "./flow.ts";
import { API_SERVER_FLOW } from "../rollout-script.ts";
import { optionFlows, SEARCH_COMPONENT, type Options } from "./options.ts";

/**
 * Every connection that a pod in the namespace may open; all others are denied, both ways. The
 * policies, the documentation and the rehearsal's reachability matrix are derived from this table.
 */

/** Address ranges outside the cluster that pods may reach. */
export const OUTSIDE_RANGES: Readonly<
  Record<
    Exclude<Outside, "dns" | "anywhere">,
    { readonly cidr: string; readonly except: readonly string[] }
  >
> = {
  databases: { cidr: RANGES.vpc, except: [] },
  // The same range for another reason: a server of the operator's.
  vpc: { cidr: RANGES.vpc, except: [] },
  // Without the private ranges (RFC 1918, RFC 6598, link-local). A forged federation request must
  // not reach internal servers, nor the Droplet's metadata service at 169.254.169.254.
  internet: {
    cidr: "0.0.0.0/0",
    except: ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
  },
  cloudflare: {
    cidr: "0.0.0.0/0",
    except: ["10.0.0.0/8", "100.64.0.0/10", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"],
  },
};

/**
 * Postgres direct and pooled; Valkey shares the pool's number (digitalocean/openapi, `databases`).
 */
const DATABASE_PORTS = tcp(DIRECT_PORT, POOL.port);

/**
 * The table.
 * @param sidekiq the components of the Sidekiq groups: `sidekiq-<name>`.
 * @param options optional parts of the configuration. Default: none.
 */
export function flowsOf(sidekiq: readonly string[], options: Options = {}): readonly Flow[] {
  const migrations = ["migrate-pre-deployment", "migrate-post-deployment"];
  const rails = ["web", ...sidekiq, "upkeep", ONE_OFF_COMPONENT];
  const served = (component: keyof typeof SERVICES): Flow => ({
    name: `tunnel-to-${component}`,
    from: ["cloudflared"],
    to: { component },
    ports: tcp(SERVICES[component].port),
    why: "what the tunnel brings in",
  });
  return [
    {
      name: "dns",
      from: "every pod",
      to: { outside: "dns" },
      ports: [
        { port: 53, protocol: "UDP" },
        { port: 53, protocol: "TCP" },
      ],
      why: "names",
    },
    served("web"),
    served("streaming"),
    served("assets"),
    {
      name: "tunnel-out",
      from: ["cloudflared"],
      to: { outside: "cloudflare" },
      // QUIC or HTTP/2 to the edge on 7844, and HTTPS for its API (Cloudflare's "Tunnel with
      // firewall").
      ports: [
        { port: 7_844, protocol: "UDP" },
        { port: 7_844, protocol: "TCP" },
        { port: 443, protocol: "TCP" },
      ],
      why: "the connector dials out",
    },
    {
      name: "databases",
      from: [
        ...rails,
        "preflight",
        ...migrations,
        ...(options.search === undefined ? [] : [SEARCH_COMPONENT]),
        "streaming",
        "database-grants",
        "streaming-grants",
        ...(options.restores === true ? Object.values(RESTORE_COMPONENTS) : []),
      ],
      to: { outside: "databases" },
      ports: DATABASE_PORTS,
      why: "Postgres and Valkey, in the VPC",
    },
    {
      name: "internet",
      from: [...rails, "preflight"],
      to: { outside: "internet" },
      ports: tcp(80, 443),
      why: "federation, link previews, web push, storage of media, media of elsewhere",
    },
    ...(options.mediaThroughCluster === true
      ? [
          {
            name: "assets-to-spaces",
            from: ["assets"],
            to: { outside: "internet" as const },
            // A policy contains addresses, and those of Spaces change. So it allows the whole
            // Internet, but only HTTPS.
            ports: tcp(443),
            why: "media that lies on Spaces",
          },
        ]
      : []),
    ...(options.restores === true
      ? [
          {
            name: "restore-from-bucket",
            from: [RESTORE_COMPONENTS.restore],
            to: { outside: "internet" as const },
            ports: tcp(443),
            why: "downloading the dump that is restored",
          },
        ]
      : []),
    {
      name: API_SERVER_FLOW,
      from: ["rollout-assets", "rollout"],
      to: { outside: "anywhere" },
      ports: tcp(...API_SERVER_PORTS),
      why: "asking the API server how a rollout stands; by port alone, for its address is a node's in some clusters",
    },
    ...optionFlows(sidekiq, options),
  ];
}
