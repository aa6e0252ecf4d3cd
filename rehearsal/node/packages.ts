/** Debian's packages that a node is made of, and the world uses for its network. */
export const NODE_PACKAGES: readonly string[] = [
  ...["bash", "coreutils", "dash", "mount", "tini", "util-linux"],
  ...["containerd", "containernetworking-plugins", "runc"],
  // What kube-proxy, the plugins and a policies' agent call.
  ...["conntrack", "iproute2", "ipset", "iptables", "nftables"],
];
