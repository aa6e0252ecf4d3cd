import { stringify } from "yaml";
import { allocatableOf, NODES, type NodeSize } from "../../facts/digitalocean/droplets.ts";
import { RANGES } from "../../config/topology.ts";
import { CONTAINERD_SOCKET } from "./containerd.ts";

/** Resources of the machine, of which a node is a part. */
export interface Machine {
  readonly processors: number;
  readonly memoryMib: number;
}

/**
 * The DNS of the cluster, by the address that DOKS gives it (`kubectl -n kube-system get service
 * kube-dns`).
 */
export const DNS_ADDRESS = "10.245.0.10";

/** Memory below which a kubelet evicts; its own default (`evictionHard`). */
const EVICTION_MIB = 100;

/**
 * What a kubelet keeps from Pods, so that as much is left for them as on the Droplet. A machine
 * that has less than the Droplet keeps nothing: capacity can be lowered, not raised.
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
    // Its own is signed by itself, and metrics-server asks nobody whom the cluster doesn't know.
    tlsCertFile: "/etc/kubernetes/kubelet.crt",
    tlsPrivateKeyFile: "/etc/kubernetes/kubelet.key",
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    clusterDNS: [DNS_ADDRESS],
    clusterDomain: "cluster.local",
    cgroupDriver: "cgroupfs",
    enforceNodeAllocatable: ["pods"],
    systemReserved: reservedOf(size, machine),
    // The disk is the machine's: how full it is says nothing about the stack.
    evictionHard: {
      "memory.available": `${EVICTION_MIB}Mi`,
      "nodefs.available": "1%",
      "imagefs.available": "1%",
      "nodefs.inodesFree": "1%",
    },
    imageGCHighThresholdPercent: 100,
    // Machines with version 1 of cgroups, or with swap, would be refused.
    failCgroupV1: false,
    failSwapOn: false,
    // A container's own can't be lowered in a container, as a runner of CI may be.
    oomScoreAdj: 0,
  });
}

/**
 * kube-proxy's configuration, YAML; with nftables, so that the machine needs no module of iptables.
 */
export function proxyYaml(hostname: string): string {
  return stringify({
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    clusterCIDR: RANGES.pods,
    hostnameOverride: hostname,
    clientConnection: { kubeconfig: "/etc/kubernetes/kubeconfig" },
    // Of the whole machine, and not ours to set.
    conntrack: { maxPerCore: 0, min: 0 },
    // A Service's endpoints change often in a drill: a change is followed at once.
    nftables: { minSyncPeriod: "100ms", syncPeriod: "30s" },
  });
}
