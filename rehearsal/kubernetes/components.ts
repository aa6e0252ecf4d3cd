import { RANGES } from "../../config/topology.ts";

/**
 * Addresses and files of a control plane's parts. Paths are relative to the cluster's folder, in
 * which all of them run.
 */
export interface Layout {
  /** Address of the API server. */
  readonly address: string;
  readonly apiPort: number;
  /** Port at which kwok answers instead of kubelets; undefined if kubelets are real. */
  readonly kubeletPort: number | undefined;
}

/** Address range of Services. */
const SERVICE_RANGE = RANGES.services;

/**
 * The first address of {@link SERVICE_RANGE}, which Kubernetes gives to `kubernetes.default.svc`.
 */
export const API_SERVICE_ADDRESS = "10.245.0.1";

/** Address range of Pods; DOKS' default. */
const POD_RANGE = "10.244.0.1/16";

/**
 * kwok simulates nodes with this annotation:
 * https://kwok.sigs.k8s.io/docs/user/kwok-manage-nodes-and-pods/
 */
export const FAKE_NODE_ANNOTATION = { key: "kwok.x-k8s.io/node", value: "fake" } as const;

/**
 * Names below `kubeconfigs/` and in the token file. Each client has its own identity, so that an
 * audit log can tell them apart.
 */
export const CLIENTS = ["admin", "kube-controller-manager", "kube-scheduler", "kwok"] as const;
export type Client = (typeof CLIENTS)[number];

/** Path of a client's kubeconfig, relative to the cluster's folder. */
export function kubeconfigOf(client: Client): string {
  return `kubeconfigs/${client}.yaml`;
}

/**
 * etcd listens on sockets in the cluster's folder: it has no passwords, and through a port any user
 * of the machine could read every Secret. The paths are relative, because a socket's path may have
 * at most 107 bytes (unix(7)). etcd requires a port even here, and adds it to the file's name.
 */
const ETCD_SOCKET = "unix://etcd-client.sock:0";

/** Flags with which an API server reaches real kubelets (logs, exec) and Pods that serve an API. */
const REACHES_NODES = {
  "kubelet-client-certificate": "pki/server.crt",
  "kubelet-client-key": "pki/server.key",
  "kubelet-preferred-address-types": "InternalIP",
  // The API server runs outside the cluster, where Services have no address.
  "enable-aggregator-routing": true,
} as const;

/** Programs of a control plane and their flags, in the order of their start. */
export function componentFlags(layout: Layout) {
  const flags = (values: Readonly<Record<string, string | number | boolean>>) =>
    Object.entries(values).map(([name, value]) => `--${name}=${value}`);
  const real = layout.kubeletPort === undefined;
  return {
    etcd: flags({
      "data-dir": "etcd",
      "listen-client-url": ETCD_SOCKET,
      "listen-peer-url": "unix://etcd-peer.sock:0",
    }),
    "kube-apiserver": flags({
      "etcd-servers": ETCD_SOCKET,
      "bind-address": layout.address,
      "secure-port": layout.apiPort,
      // Saves seconds if nothing in the cluster can reach the API through its Service.
      "endpoint-reconciler-type": real ? "lease" : "none",
      ...(real && REACHES_NODES),
      "tls-cert-file": "pki/server.crt",
      "tls-private-key-file": "pki/server.key",
      "client-ca-file": "pki/ca.crt",
      "token-auth-file": "tokens.csv",
      "authorization-mode": "Node,RBAC",
      // In addition to the defaults, among them Pod Security.
      "enable-admission-plugins": "NodeRestriction",
      "service-account-issuer": "https://kubernetes.default.svc",
      // The public half; it refuses the private one.
      "service-account-key-file": "pki/service-accounts.pub",
      "service-account-signing-key-file": "pki/service-accounts.key",
      "service-cluster-ip-range": SERVICE_RANGE,
      "allow-privileged": true, // As on DOKS: only the namespace's Pod Security level forbids it.
      "requestheader-client-ca-file": "pki/ca.crt",
      "requestheader-allowed-names": "front-proxy",
      "requestheader-username-headers": "X-Remote-User",
      "requestheader-group-headers": "X-Remote-Group",
      "requestheader-extra-headers-prefix": "X-Remote-Extra-",
      "proxy-client-cert-file": "pki/front-proxy.crt",
      "proxy-client-key-file": "pki/front-proxy.key",
      profiling: false,
    }),
    "kube-controller-manager": flags({
      kubeconfig: kubeconfigOf("kube-controller-manager"),
      "leader-elect": false, // There is only one, and the election would take seconds.
      "secure-port": 0,
      "service-account-private-key-file": "pki/service-accounts.key",
      "root-ca-file": "pki/ca.crt",
      "cluster-signing-cert-file": "pki/ca.crt",
      "cluster-signing-key-file": "pki/ca.key",
      "service-cluster-ip-range": SERVICE_RANGE,
      // If kwok assigns the Pods' addresses, nodes need no range.
      "allocate-node-cidrs": real,
      ...(real && { "cluster-cidr": RANGES.pods, "node-cidr-mask-size": 24 }),
      // An autoscaler on a real cluster looks every 15 s; here all must happen within a minute.
      "horizontal-pod-autoscaler-sync-period": "1s",
      profiling: false,
    }),
    "kube-scheduler": flags({
      kubeconfig: kubeconfigOf("kube-scheduler"),
      "leader-elect": false,
      "secure-port": 0,
      profiling: false,
    }),
    kwok: flags({
      kubeconfig: kubeconfigOf("kwok"),
      config: "stages.yaml",
      "manage-nodes-with-annotation-selector": `${FAKE_NODE_ANNOTATION.key}=${FAKE_NODE_ANNOTATION.value}`,
      // The kubelet's interval: https://kubernetes.io/docs/concepts/architecture/nodes/#heartbeats
      "node-lease-duration-seconds": 40,
      cidr: POD_RANGE,
      "node-ip": "127.0.0.1",
      "node-port": layout.kubeletPort ?? 0,
      "server-address": `127.0.0.1:${layout.kubeletPort}`,
      "tls-cert-file": "pki/server.crt",
      "tls-private-key-file": "pki/server.key",
    }),
  } as const;
}

/** A program of a control plane. */
export type Component = keyof ReturnType<typeof componentFlags>;
