import { RANGES } from "../../config/topology.ts";

/** An address of the VPC, by its last number. */
const inVpc = (last: number): string => RANGES.vpc.replace(/\d+\/\d+$/u, String(last));

/**
 * Addresses in the network that a run creates for itself. The VPC's addresses are in the stack's
 * own range. Otherwise its policies' rule about the VPC would match nothing.
 */
export const NETWORK = {
  bridge: "vpc0",
  /** The bridge's MAC address, locally administered. */
  bridgeMac: "02:00:0a:0a:00:01",
  /** Prefix length of the VPC's range, "20". */
  prefixLength: Number(RANGES.vpc.split("/")[1]),
  /** Gateway of the VPC to the simulated Internet. */
  gateway: inVpc(1),
  /** The API server, on port 443 as on DOKS (its kubeconfigs name no port). */
  api: { address: inVpc(2), port: 443 },
  /** Nodes, in the order of their creation. */
  nodes: numbers(16, 32).map(inVpc),
  databases: numbers(64, 64).map(inVpc),
  /** Public addresses that are reserved for documentation (TEST-NET-3, RFC 5737). */
  internet: numbers(1, 32).map((last) => `203.0.113.${last}`),
  /** DigitalOcean's metadata service, which a pod must not reach. */
  metadata: "169.254.169.254",
} as const;

function numbers(first: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** Commands for `ip -batch` that create the world's side of the network. */
export function worldCommands(): readonly string[] {
  const { bridge, bridgeMac, prefixLength, gateway, api, databases, internet, metadata } = NETWORK;
  return [
    "link set lo up",
    // Without an address of its own a bridge takes the lowest of its ports (Linux
    // `net/bridge/br_stp_if.c`, br_stp_recalculate_bridge_id). A new node would change it under the
    // connections of the others: kube-proxy's watch hung for 45 s, with endpoints that were gone.
    `link add ${bridge} address ${bridgeMac} type bridge`,
    `address add ${gateway}/${prefixLength} dev ${bridge}`,
    ...[api.address, ...databases].map((each) => `address add ${each}/32 dev ${bridge}`),
    ...[...internet, metadata].map((each) => `address add ${each}/32 dev lo`),
    `link set ${bridge} up`,
  ];
}

/** Commands for `ip -batch` that connect a node to the VPC; `pid` is its first process. */
export function cableCommands(link: string, pid: number): readonly string[] {
  return [
    `link add ${link} type veth peer name eth0 netns ${pid}`,
    `link set ${link} master ${NETWORK.bridge} up`,
  ];
}

/** Commands for `ip -batch` inside a node. */
export function nodeCommands(address: string): readonly string[] {
  return [
    "link set lo up",
    `address add ${address}/${NETWORK.prefixLength} dev eth0`,
    "link set eth0 up",
    `route add default via ${NETWORK.gateway}`,
  ];
}

/** Command of `ip` that adds the route to a node's Pods in the VPC. */
export function routeToPods(podRange: string, address: string): string {
  return `route replace ${podRange} via ${address}`;
}
