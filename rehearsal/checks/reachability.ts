import type {
  V1NetworkPolicy,
  V1NetworkPolicyPeer,
  V1NetworkPolicyPort,
} from "@kubernetes/client-node";
import { BlockList } from "node:net";

/**
 * Computes from live NetworkPolicy objects which pods may connect. If any policy of a direction
 * selects a pod, that direction is closed except for what some policy allows. Source:
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/. Nothing on this
 * machine enforces the policies, so their effect is computed.
 */

/** The parts of a pod that policies match. */
export interface PolicyPod {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** Target of a connection: a pod, or an address outside the cluster. */
export type Destination = { readonly pod: PolicyPod } | { readonly address: string };

/** A possible connection. */
export interface Attempt {
  readonly from: PolicyPod;
  readonly to: Destination;
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
}

/**
 * Whether the policies allow a connection: out of the sender and into the receiver.
 * @throws Error for parts of the specification that this does not implement (named ports, port
 * ranges), because they must not be ignored.
 */
export function isAllowed(policies: readonly V1NetworkPolicy[], attempt: Attempt): boolean {
  const { from, to } = attempt;
  const out = policies.filter((policy) => applies(policy, from, "Egress"));
  const letOut =
    out.length === 0 ||
    out.some((policy) =>
      (policy.spec?.egress ?? []).some(
        (rule) => fitsPorts(rule.ports, attempt) && fitsPeers(rule.to, to, policy),
      ),
    );
  if (!letOut || !("pod" in to)) return letOut;
  const into = policies.filter((policy) => applies(policy, to.pod, "Ingress"));
  return (
    into.length === 0 ||
    into.some((policy) =>
      (policy.spec?.ingress ?? []).some(
        (rule) => fitsPorts(rule.ports, attempt) && fitsPeers(rule._from, { pod: from }, policy),
      ),
    )
  );
}

function applies(
  policy: V1NetworkPolicy,
  pod: PolicyPod,
  direction: "Ingress" | "Egress",
): boolean {
  const { spec, metadata } = policy;
  const types = spec?.policyTypes ?? ["Ingress", ...(spec?.egress === undefined ? [] : ["Egress"])];
  return (
    metadata?.namespace === pod.namespace &&
    types.includes(direction) &&
    fitsSelector(spec?.podSelector, pod.labels)
  );
}

function fitsPeers(
  peers: readonly V1NetworkPolicyPeer[] | undefined,
  to: Destination,
  policy: V1NetworkPolicy,
): boolean {
  // No list means every peer.
  return (
    peers === undefined || peers.length === 0 || peers.some((peer) => fitsPeer(peer, to, policy))
  );
}

function fitsPeer(peer: V1NetworkPolicyPeer, to: Destination, policy: V1NetworkPolicy): boolean {
  const { ipBlock, namespaceSelector, podSelector } = peer;
  if ("address" in to) {
    if (ipBlock === undefined) return false;
    const inside = (cidr: string): boolean => {
      const [network = "", prefix = "32"] = cidr.split("/");
      const list = new BlockList();
      list.addSubnet(network, Number(prefix));
      return list.check(to.address);
    };
    return inside(ipBlock.cidr) && !(ipBlock.except ?? []).some(inside);
  }
  // Pods are selected by label: Cilium does not match an address range against pods.
  if (ipBlock !== undefined) return false;
  const namespaceFits =
    namespaceSelector === undefined
      ? to.pod.namespace === policy.metadata?.namespace
      : fitsSelector(namespaceSelector, { "kubernetes.io/metadata.name": to.pod.namespace });
  return namespaceFits && fitsSelector(podSelector, to.pod.labels);
}

function fitsPorts(
  ports: readonly V1NetworkPolicyPort[] | undefined,
  { port, protocol }: Attempt,
): boolean {
  if (ports === undefined || ports.length === 0) return true;
  return ports.some((allowed) => {
    if (typeof allowed.port === "string" || allowed.endPort !== undefined)
      throw new Error(
        `A NetworkPolicy has the port ${allowed.port ?? ""}${allowed.endPort === undefined ? "" : `-${allowed.endPort}`}; reachability.ts reads single numbers only.`,
      );
    return (
      (allowed.protocol ?? "TCP") === protocol &&
      (allowed.port === undefined || Number(allowed.port) === port)
    );
  });
}

interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values?: readonly string[];
  }[];
}

function fitsSelector(
  selector: Selector | undefined,
  labels: Readonly<Record<string, string>>,
): boolean {
  const exact = Object.entries(selector?.matchLabels ?? {}).every(
    ([key, value]) => labels[key] === value,
  );
  return (
    exact &&
    (selector?.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key];
      switch (operator) {
        case "In":
          return value !== undefined && values.includes(value);
        case "NotIn":
          return value === undefined || !values.includes(value);
        case "Exists":
          return value !== undefined;
        case "DoesNotExist":
          return value === undefined;
        default:
          throw new Error(
            `A label selector has the operator ${operator}, which Kubernetes has not.`,
          );
      }
    })
  );
}
