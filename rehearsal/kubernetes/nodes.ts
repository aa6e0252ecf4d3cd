import type { V1Node, V1Taint } from "@kubernetes/client-node";
import type { NodeSpec } from "../clouds/backends.ts";
import { FAKE_NODE_ANNOTATION } from "./components.ts";
import { nodeCapacity } from "./droplet-sizes.ts";
import { NETWORK_NOT_READY } from "./system-pods.ts";

/**
 * Taints that Kubernetes sets on a node until it is Ready; with one of them no Pod is scheduled
 * there.
 */
const LIFECYCLE_TAINTS: ReadonlySet<string> = new Set([
  "node.kubernetes.io/not-ready",
  "node.kubernetes.io/unreachable",
  "node.cloudprovider.kubernetes.io/uninitialized",
]);

/**
 * The Node object of a DOKS worker that kwok simulates. Labels, provider id, capacity and
 * allocatable are as on a real one, for selectors and the scheduler. Throws for a Droplet size
 * whose allocatable is not known, and for a version slug that isn't DOKS'.
 */
export function nodeObject(spec: NodeSpec): V1Node {
  const kubelet = /^(\d+\.\d+\.\d+)-do\.\d+$/.exec(spec.version)?.[1];
  if (kubelet === undefined)
    throw new Error(
      `Node ${spec.name} has version "${spec.version}"; a DOKS version is written like "1.35.1-do.6".`,
    );
  return {
    apiVersion: "v1",
    kind: "Node",
    metadata: {
      name: spec.name,
      // Labels of a DOKS node. The user's own come last but can't override Kubernetes': the API
      // reserves those prefixes.
      labels: {
        "beta.kubernetes.io/arch": "amd64",
        "beta.kubernetes.io/instance-type": spec.size,
        "beta.kubernetes.io/os": "linux",
        "doks.digitalocean.com/managed": "true",
        "doks.digitalocean.com/node-id": spec.nodeId,
        "doks.digitalocean.com/node-pool": spec.poolName,
        "doks.digitalocean.com/node-pool-id": spec.poolId,
        "doks.digitalocean.com/version": spec.version,
        "failure-domain.beta.kubernetes.io/region": spec.region,
        "kubernetes.io/arch": "amd64",
        "kubernetes.io/hostname": spec.name,
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/instance-type": spec.size,
        region: spec.region,
        "topology.kubernetes.io/region": spec.region,
        ...spec.labels,
      },
      annotations: { [FAKE_NODE_ANNOTATION.key]: FAKE_NODE_ANNOTATION.value },
    },
    spec: {
      providerID: `digitalocean://${spec.dropletId}`,
      taints: [...spec.taints.map((taint) => ({ ...taint })), { ...NETWORK_NOT_READY }],
    },
    status: {
      ...nodeCapacity(spec.size),
      nodeInfo: {
        architecture: "amd64",
        operatingSystem: "linux",
        kubeletVersion: `v${kubelet}`,
        kubeProxyVersion: `v${kubelet}`,
        containerRuntimeVersion: "",
        kernelVersion: "",
        osImage: "Debian GNU/Linux 12 (bookworm)",
        machineID: "",
        bootID: "",
        systemUUID: "",
      },
    },
  };
}

/** The Node object of a real kubelet, which itself reports capacity and conditions. */
export function awaitedNode(spec: NodeSpec): V1Node {
  const { metadata, status: _, ...node } = nodeObject(spec);
  const { annotations: __, ...rest } = metadata ?? {};
  return { ...node, metadata: rest };
}

/**
 * Whether Pods can be scheduled on a node: its kubelet reports Ready, and Kubernetes has removed
 * its start-up taints.
 */
export function isUsable(node: V1Node): boolean {
  const ready = node.status?.conditions?.find((condition) => condition.type === "Ready");
  const waiting = node.spec?.taints?.some((taint: V1Taint) => LIFECYCLE_TAINTS.has(taint.key));
  return ready?.status === "True" && waiting !== true;
}
