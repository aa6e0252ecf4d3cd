import { stringify } from "yaml";
import { allocatableOf, NODES, type NodeSize } from "../../facts/digitalocean/droplets.ts";
import { RANGES } from "../../config/topology.ts";
import { CONTAINERD_SOCKET } from "./containerd.ts";

/** Resources of the machine, which a node shares. */
export interface Machine {
  readonly processors: number;
  readonly memoryMib: number;
}

/** Address of the cluster's DNS, as on DOKS (`kubectl -n kube-system get service kube-dns`). */
export const DNS_ADDRESS = "10.245.0.10";

/** Free memory below which a kubelet evicts; its default (`evictionHard`). */
const EVICTION_MIB = 100;

/**
 * Resources that a kubelet reserves, so that Pods get as much as on the Droplet. On a machine
 * smaller than the Droplet it reserves nothing: capacity can be lowered, not raised.
 */
export function reservedOf(size: string, machine: Machine): { cpu: string; memory: string } {
  if (!Object.hasOwn(NODES, size))
    throw new Error(
      `Nothing is known of a node of size "${size}"; facts/digitalocean/droplets.ts knows ${Object.keys(NODES).join(", ")}.`,
    );
  const { millicpu, mib } = allocatableOf(size as NodeSize);
  return {
    cpu: `${Math.max(0, machine.processors * 1000 - millicpu)}m`,
    memory: `${Math.max(0, machine.memoryMib - EVICTION_MIB - mib)}Mi`,
  };
}

/**
 * A kubelet's configuration, YAML
 * (https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/).
 */
export function kubeletYaml(size: string, machine: Machine): string {
  return stringify({
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    address: "0.0.0.0",
    authentication: {
      anonymous: { enabled: false },
      webhook: { enabled: true },
      x509: { clientCAFile: "/etc/kubernetes/ca.crt" },
    },
    authorization: { mode: "Webhook" },
    // The kubelet's own certificate is self-signed, and metrics-server requires one of the
    // cluster's CA.
    tlsCertFile: "/etc/kubernetes/kubelet.crt",
    tlsPrivateKeyFile: "/etc/kubernetes/kubelet.key",
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    clusterDNS: [DNS_ADDRESS],
    clusterDomain: "cluster.local",
    cgroupDriver: "cgroupfs",
    enforceNodeAllocatable: ["pods"],
    systemReserved: reservedOf(size, machine),
    // The disk is the machine's, so its free space is no property of the stack.
    evictionHard: {
      "memory.available": `${EVICTION_MIB}Mi`,
      "nodefs.available": "1%",
      "imagefs.available": "1%",
      "nodefs.inodesFree": "1%",
    },
    imageGCHighThresholdPercent: 100,
    // Otherwise machines with version 1 of cgroups, or with swap, would be refused.
    failCgroupV1: false,
    failSwapOn: false,
    // A container, as a CI runner may be, can't lower its value.
    oomScoreAdj: 0,
  });
}

/**
 * kube-proxy's configuration, YAML. It uses nftables, so that the machine needs no module of
 * iptables.
 */
export function proxyYaml(hostname: string): string {
  return stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    clusterCIDR: RANGES.pods,
    hostnameOverride: hostname,
    clientConnection: { kubeconfig: "/etc/kubernetes/kubeconfig" },
    // These belong to the whole machine and must not change.
    conntrack: { maxPerCore: 0, min: 0 },
    // A Service's endpoints change often in a drill, so changes are applied at once.
    nftables: { minSyncPeriod: "100ms", syncPeriod: "30s" },
  });
}
