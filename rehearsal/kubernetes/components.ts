import { RANGES } from "../../config/topology.ts";

/**
 * Where a control plane's parts find each other and their files. Paths are relative to the
 * cluster's folder, where all of them run.
 */
export interface Layout {
  /** Address of the API server. */
  readonly address: string;
  readonly apiPort: number;
  /** Address at which kwok answers in the kubelets' place; undefined if kubelets are real. */
  readonly kubeletPort: number | undefined;
}

/** Address range of Services. */
const SERVICE_RANGE = RANGES.services;

/**
 * The first address of {@link SERVICE_RANGE}, which Kubernetes gives to `kubernetes.default.svc`.
 */
export const API_SERVICE_ADDRESS = "10.245.0.1";

/** Address range of Pods; DOKS' own default. */
const POD_RANGE = "10.244.0.1/16";

/**
 * Nodes with this annotation are kwok's:
 * https://kwok.sigs.k8s.io/docs/user/kwok-manage-nodes-and-pods/
 */
export const FAKE_NODE_ANNOTATION = { key: "kwok.x-k8s.io/node", value: "fake" } as const;

/**
 * The names under `kubeconfigs/` and in the token file: one identity per client, so that an audit
 * log can tell them apart.
 */
export const CLIENTS = ["admin", "kube-controller-manager", "kube-scheduler", "kwok"] as const;
export type Client = (typeof CLIENTS)[number];

/** Path of a client's kubeconfig, relative to the cluster's folder. */
export function kubeconfigOf(client: Client): string {
  return `kubeconfigs/${client}.yaml`;
}

/**
 * etcd listens on sockets in the cluster's folder: it knows no passwords, and a port would let any
 * user of the machine read every Secret. The paths are relative since a socket's path may have 107
 * bytes at most (unix(7)). etcd asks for a port even here, and makes it part of the file's name.
 */
const ETCD_SOCKET = "unix://etcd-client.sock:0";

/**
 * Settings by which an API server speaks to real kubelets (logs, exec) and to Pods that answer for
 * an API.
 */
const REACHES_NODES = {
  "kubelet-client-certificate": "pki/server.crt",
  "kubelet-client-key": "pki/server.key",
  "kubelet-preferred-address-types": "InternalIP",
  // It stands outside of the cluster, where Services have no address.
  "enable-aggregator-routing": true,
} as const;

/** The programs of a control plane and their flags, in the order of their start. */
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
      // Saves seconds where nothing in the cluster can reach the API by its Service.
      "endpoint-reconciler-type": real ? "lease" : "none",
      ...(real && REACHES_NODES),
      "tls-cert-file": "pki/server.crt",
      "tls-private-key-file": "pki/server.key",
      "client-ca-file": "pki/ca.crt",
      "token-auth-file": "tokens.csv",
      "authorization-mode": "Node,RBAC",
      "enable-admission-plugins": "NodeRestriction", // On top of the defaults, Pod Security among them.
      "service-account-issuer": "https://kubernetes.default.svc",
      "service-account-key-file": "pki/service-accounts.pub", // The public half; given the private one, it refuses.
      "service-account-signing-key-file": "pki/service-accounts.key",
      "service-cluster-ip-range": SERVICE_RANGE,
      "allow-privileged": true, // As on DOKS: what forbids it is the namespace's Pod Security level.
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
      "leader-elect": false, // There is no other; the election alone takes seconds.
      "secure-port": 0,
      "service-account-private-key-file": "pki/service-accounts.key",
      "root-ca-file": "pki/ca.crt",
      "cluster-signing-cert-file": "pki/ca.crt",
      "cluster-signing-key-file": "pki/ca.key",
      "service-cluster-ip-range": SERVICE_RANGE,
      // Where kwok gives Pods their addresses, nodes need no range.
      "allocate-node-cidrs": real,
      ...(real && { "cluster-cidr": RANGES.pods, "node-cidr-mask-size": 24 }),
      // An autoscaler looks every 15 s on a real cluster; here a minute is all there is.
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
      "node-lease-duration-seconds": 40, // The kubelet's own: https://kubernetes.io/docs/concepts/architecture/nodes/#heartbeats
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
