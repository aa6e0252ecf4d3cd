import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { flowsOf, OUTSIDE_RANGES } from "./flows.ts";
import type { Flow } from "./flows/flow.ts";
import type { Options } from "./flows/options.ts";
import { metadataOf } from "./pod.ts";

type Peer = kubernetes.types.input.networking.v1.NetworkPolicyPeer;
type LabelSelector = kubernetes.types.input.meta.v1.LabelSelector;
type PolicySpec = kubernetes.types.input.networking.v1.NetworkPolicySpec;

/** What the policies need. */
export interface NetworkPoliciesArgs {
  readonly namespace: pulumi.Input<string>;
  /** Components of the Sidekiq groups. */
  readonly sidekiq: readonly string[];
  /** What the configuration has of optional parts. */
  readonly options: Options;
}

const COMPONENT = "app.kubernetes.io/component";

/** Denies everything, and allows each flow of the table by a policy of its name. Probes of the kubelet come from the node and need none. */
export class NetworkPolicies extends pulumi.ComponentResource {
  constructor(name: string, args: NetworkPoliciesArgs, opts?: pulumi.ComponentResourceOptions) {
    super("mastodon:k8s:NetworkPolicies", name, {}, opts);
    const policy = (role: string, spec: PolicySpec): void => {
      new kubernetes.networking.v1.NetworkPolicy(
        `${name}-${role}`,
        { metadata: metadataOf(args.namespace, "network"), spec },
        { parent: this },
      );
    };
    policy("default-deny", { podSelector: {}, policyTypes: ["Ingress", "Egress"] });
    for (const flow of flowsOf(args.sidekiq, args.options)) {
      const { from, to } = flow;
      const ports = [...flow.ports];
      const stranger = typeof from === "object" && "namespace" in from ? from : undefined;
      // Strangers are let out by their own namespace, not by ours.
      if (stranger === undefined)
        policy(flow.name, {
          podSelector: senders(flow),
          policyTypes: ["Egress"],
          egress: [{ to: [peerOf(flow)], ports }],
        });
      // A connection inside the namespace must be let out on one side and in on the other.
      if ("component" in to)
        policy(`${flow.name}-in`, {
          podSelector: { matchLabels: { [COMPONENT]: to.component } },
          policyTypes: ["Ingress"],
          ingress: [
            {
              from: [
                stranger === undefined
                  ? { podSelector: senders(flow) }
                  : { namespaceSelector: named(stranger.namespace) },
              ],
              ports,
            },
          ],
        });
    }
    this.registerOutputs({});
  }
}

function senders({ from }: Flow): LabelSelector {
  return from === "every pod" || "namespace" in from
    ? {}
    : { matchExpressions: [{ key: COMPONENT, operator: "In", values: [...from] }] };
}

/** A namespace by its name, the label that Kubernetes itself puts on each. */
function named(namespace: string): LabelSelector {
  return { matchLabels: { "kubernetes.io/metadata.name": namespace } };
}

function peerOf({ to }: Flow): Peer {
  if ("component" in to) return { podSelector: { matchLabels: { [COMPONENT]: to.component } } };
  if ("namespace" in to) return { namespaceSelector: named(to.namespace) };
  if (to.outside === "dns")
    return {
      namespaceSelector: named("kube-system"),
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    };
  const { cidr, except } = OUTSIDE_RANGES[to.outside];
  return { ipBlock: { cidr, ...(except.length === 0 ? {} : { except: [...except] }) } };
}
