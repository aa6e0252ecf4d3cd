/** Socket of containerd in a node. */
export const CONTAINERD_SOCKET = "/run/containerd/containerd.sock";

/**
 * The image of the container that holds a Pod's namespaces; that of Kubernetes 1.35
 * (`cmd/kubeadm/app/constants`).
 */
export const PAUSE_IMAGE = "registry.k8s.io/pause:3.10.1";

/** Path of the network's configuration in a node. */
export const CNI_FILE = "/etc/cni/net.d/10-pods.conflist";

/** containerd's configuration, TOML (containerd/containerd v1.7 `docs/cri/config.md`). */
export function containerdToml(): string {
  return `version = 2
root = "/var/lib/containerd"
state = "/run/containerd"

[grpc]
  address = "${CONTAINERD_SOCKET}"

[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${PAUSE_IMAGE}"
  # The machine's own may be on, and its profiles are not in the node.
  disable_apparmor = true
  # In a container, as a runner of CI may be, nobody may lower it.
  restrict_oom_score_adj = true

  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "/etc/cni/net.d"

  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"

    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"

      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
`;
}

/**
 * CNI configuration of a node's Pod network. All Pods are on one bridge, other nodes reach them by
 * a route, and no address is rewritten. So policies see a Pod's own address.
 * @param podRange of this node, "10.244.1.0/24".
 */
export function podNetwork(podRange: string): string {
  const ipam = {
    type: "host-local",
    dataDir: "/run/cni-addresses",
    ranges: [[{ subnet: podRange }]],
    routes: [{ dst: "0.0.0.0/0" }],
  };
  return JSON.stringify({
    cniVersion: "1.0.0",
    name: "pods",
    plugins: [
      { type: "bridge", bridge: "cni0", isGateway: true, hairpinMode: true, ipam },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  });
}
