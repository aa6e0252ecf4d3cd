import { KubeConfig, KubernetesObjectApi, type KubernetesObject } from "@kubernetes/client-node";
import { SYSTEM_PODS } from "../../facts/digitalocean/droplets.ts";
import { DNS_ADDRESS } from "./kubelet.ts";

/**
 * The image of cluster DNS. The name is invented, because DOKS' has no version, and without a tag a
 * kubelet asks a registry for the newest.
 */
export const DNS_IMAGE = "docker.io/library/coredns:1";

const NAMESPACE = "kube-system";
const NAME = "coredns";
/**
 * Labels with which policies select it, on DOKS as everywhere
 * (https://kubernetes.io/docs/tasks/administer-cluster/dns-debugging-resolution/).
 */
const LABELS = { "k8s-app": "kube-dns" };

/**
 * Cluster DNS as on DOKS: CoreDNS in Pods, and a Service at the range's tenth address. It forwards
 * other names to the resolver of the VPC.
 * @param resolver address of that resolver.
 */
export function clusterDnsObjects(resolver: string): readonly KubernetesObject[] {
  const metadata = { namespace: NAMESPACE, name: NAME };
  const role = { name: `system:${NAME}` };
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRole",
      metadata: role,
      rules: [
        {
          apiGroups: [""],
          resources: ["endpoints", "services", "pods", "namespaces"],
          verbs: ["list", "watch"],
        },
        {
          apiGroups: ["discovery.k8s.io"],
          resources: ["endpointslices"],
          verbs: ["list", "watch"],
        },
      ],
    },
    {
      apiVersion: "rbac.authorization.k8s.io/v1",
      kind: "ClusterRoleBinding",
      metadata: role,
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", ...role },
      subjects: [{ kind: "ServiceAccount", ...metadata }],
    },
    { apiVersion: "v1", kind: "ConfigMap", metadata, data: { Corefile: corefile(resolver) } },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace: NAMESPACE, name: "kube-dns", labels: LABELS },
      spec: {
        clusterIP: DNS_ADDRESS,
        selector: LABELS,
        ports: [
          { name: "dns", port: 53, protocol: "UDP" },
          { name: "dns-tcp", port: 53, protocol: "TCP" },
        ],
      },
    },
    {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { ...metadata, labels: LABELS },
      spec: {
        replicas: SYSTEM_PODS.length,
        selector: { matchLabels: LABELS },
        template: { metadata: { labels: LABELS }, spec: podSpec() },
      },
    },
  ] as KubernetesObject[];
}

/** Installs it into a running cluster; its Pods start when there are nodes. */
export async function installClusterDns(kubeconfigFile: string, resolver: string): Promise<void> {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigFile);
  const api = KubernetesObjectApi.makeApiClient(config);
  await Promise.all(clusterDnsObjects(resolver).map((each) => api.create(each)));
}

function corefile(resolver: string): string {
  return `.:53 {
  errors
  health
  ready
  kubernetes cluster.local in-addr.arpa ip6.arpa {
    fallthrough in-addr.arpa ip6.arpa
  }
  forward . ${resolver}
  cache 30
}
`;
}

function podSpec() {
  const [{ millicpu, mib } = { millicpu: 0, mib: 0 }] = SYSTEM_PODS;
  return {
    serviceAccountName: NAME,
    priorityClassName: "system-cluster-critical",
    securityContext: {
      // Port 53 without root. The setting belongs to the Pod's own network and is on Kubernetes'
      // list of safe ones.
      sysctls: [{ name: "net.ipv4.ip_unprivileged_port_start", value: "53" }],
    },
    containers: [
      {
        name: NAME,
        image: DNS_IMAGE,
        args: ["-conf", "/etc/coredns/Corefile"],
        resources: { requests: { cpu: `${millicpu}m`, memory: `${mib}Mi` } },
        readinessProbe: { httpGet: { path: "/ready", port: 8181 }, periodSeconds: 1 },
        livenessProbe: { httpGet: { path: "/health", port: 8080 }, periodSeconds: 10 },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [{ name: "config", mountPath: "/etc/coredns", readOnly: true }],
      },
    ],
    volumes: [{ name: "config", configMap: { name: NAME } }],
  };
}
