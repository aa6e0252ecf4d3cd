import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { flowsOf, OUTSIDE_RANGES, type Flow, type FlowOptions } from "./flows.ts";
import { metadataOf } from "./pod.ts";

type Peer = kubernetes.types.input.networking.v1.NetworkPolicyPeer;
type LabelSelector = kubernetes.types.input.meta.v1.LabelSelector;
type PolicySpec = kubernetes.types.input.networking.v1.NetworkPolicySpec;

/** What the policies need. */
export interface NetworkPoliciesArgs {
  readonly namespace: pulumi.Input<string>;
  /** Components of the Sidekiq groups. */
  readonly sidekiq: readonly string[];
  readonly flows?: FlowOptions;
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
    for (const flow of flowsOf(args.sidekiq, args.flows)) {
      policy(flow.name, {
        podSelector: senders(flow),
        policyTypes: ["Egress"],
        egress: [{ to: [peerOf(flow)], ports: [...flow.ports] }],
      });
      // A connection inside the namespace must be let out on one side and in on the other.
      if ("component" in flow.to)
        policy(`${flow.name}-in`, {
          podSelector: { matchLabels: { [COMPONENT]: flow.to.component } },
          policyTypes: ["Ingress"],
          ingress: [{ from: [{ podSelector: senders(flow) }], ports: [...flow.ports] }],
        });
    }
    this.registerOutputs({});
  }
}

function senders(flow: Flow): LabelSelector {
  return flow.from === "every pod"
    ? {}
    : { matchExpressions: [{ key: COMPONENT, operator: "In", values: [...flow.from] }] };
}

function peerOf({ to }: Flow): Peer {
  if ("component" in to) return { podSelector: { matchLabels: { [COMPONENT]: to.component } } };
  if (to.outside === "dns")
    return {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
      podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
    };
  const { cidr, except } = OUTSIDE_RANGES[to.outside];
  return { ipBlock: { cidr, ...(except.length === 0 ? {} : { except: [...except] }) } };
}
