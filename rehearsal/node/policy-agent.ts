import { RANGES } from "../../config/topology.ts";

/**
 * Path of the program that enforces policies on a node. It uses the kubeconfig of kube-proxy's
 * client.
 */
export const POLICY_AGENT = "/usr/local/bin/kube-router";
const KUBECONFIG = "/etc/kubernetes/kubeconfig";

/**
 * By default a bridge forwards packets between the Pods of one node without the node's rules; this
 * changes it. The setting belongs to the node's own network namespace.
 */
const BRIDGE_SEEN = "echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables";

/** Steps that Debian's package leaves to its installation scripts, which did not run on a node. */
const IPTABLES = ["iptables", "iptables-save", "iptables-restore"]
  .map((name) => `ln -sf xtables-nft-multi /usr/sbin/${name}`)
  .join("; ");

/** The command that enforces NetworkPolicies on a node, by iptables and ipset. */
export function policyAgentCommand(node: string): readonly string[] {
  return [
    ...["sh", "-e", "-c", `${BRIDGE_SEEN}; ${IPTABLES}; exec "$@"`, "sh"],
    POLICY_AGENT,
    `--kubeconfig=${KUBECONFIG}`,
    `--hostname-override=${node}`,
    `--service-cluster-ip-range=${RANGES.services}`,
  ];
}
