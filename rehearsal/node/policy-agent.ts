import { RANGES } from "../../config/topology.ts";

/**
 * Path on a node of the program that enforces policies. Its kubeconfig is the one that kube-proxy's
 * client uses, too.
 */
export const POLICY_AGENT = "/usr/local/bin/kube-router";
const KUBECONFIG = "/etc/kubernetes/kubeconfig";

/**
 * A bridge hands packets between the Pods of one node on, unseen by the node's rules, unless this
 * says otherwise. Of the node's own network namespace.
 */
const BRIDGE_SEEN = "echo 1 > /proc/sys/net/bridge/bridge-nf-call-iptables";

/** Steps that Debian's package leaves to its installation, which a node has not seen. */
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
