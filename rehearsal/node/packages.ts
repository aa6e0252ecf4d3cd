/** Debian's packages for a node, and for the world's network. */
export const NODE_PACKAGES: readonly string[] = [
  ...["bash", "coreutils", "dash", "mount", "tini", "util-linux"],
  ...["containerd", "containernetworking-plugins", "runc"],
  // Programs that kube-proxy, the plugins and a policy agent run.
  ...["conntrack", "iproute2", "ipset", "iptables", "nftables"],
];
