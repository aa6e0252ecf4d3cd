import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { flowsOf, OUTSIDE_RANGES } from "./flows/all.ts";
import type { Flow } from "./flows/flow.ts";
import type { Options } from "./flows/options.ts";
import { metadataOf } from "./pod.ts";

type Peer = kubernetes.types.input.networking.v1.NetworkPolicyPeer;
type LabelSelector = kubernetes.types.input.meta.v1.LabelSelector;
type PolicySpec = kubernetes.types.input.networking.v1.NetworkPolicySpec;

/** Arguments of the policies. */
export interface NetworkPoliciesArgs {
  readonly namespace: pulumi.Input<string>;
  /** Components of the Sidekiq groups. */
  readonly sidekiq: readonly string[];
  /** Optional parts of the configuration. */
  readonly options: Options;
}

const COMPONENT = "app.kubernetes.io/component";

/**
 * Denies everything, and allows each flow of the table with a policy of its name. The kubelet's
 * probes come from the node and need none.
 */
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
      // Pods of other namespaces may connect out by their own namespace's policies.
      if (stranger === undefined)
        policy(flow.name, {
          podSelector: senders(flow),
          policyTypes: ["Egress"],
          egress: [{ ...destinationsOf(flow), ports }],
        });
      // A connection inside the namespace needs a rule on both sides.
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

/** Selects a namespace by its name, a label that Kubernetes itself sets. */
function named(namespace: string): LabelSelector {
  return { matchLabels: { "kubernetes.io/metadata.name": namespace } };
}

/**
 * The rule's destinations; none means any. The only flow of that kind leads to the API server. Some
 * clusters have a highly available control plane. There `kubernetes.default` is translated to a
 * proxy on the pod's own node (`cpc-bridge-proxy`; DigitalOcean's page on limits, read 2026-11-28).
 *
 * Cilium does not apply an `ipBlock`, not even 0.0.0.0/0, to a node or the API server. A rule
 * without destinations covers all (cilium/cilium#20550; `pkg/k8s/network_policy.go`,
 * `WildcardEndpointSelector`). The ports keep two others closed: the Droplet's metadata service
 * uses port 80 only (https://docs.digitalocean.com/reference/api/metadata/), and kubelets 10250.
 * Not seen on a DOKS cluster.
 */
function destinationsOf({ to }: Flow): { readonly to?: Peer[] } {
  if ("component" in to)
    return { to: [{ podSelector: { matchLabels: { [COMPONENT]: to.component } } }] };
  if ("namespace" in to) return { to: [{ namespaceSelector: named(to.namespace) }] };
  if (to.outside === "anywhere") return {};
  if (to.outside === "dns")
    return {
      to: [
        {
          namespaceSelector: named("kube-system"),
          podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
        },
      ],
    };
  const { cidr, except } = OUTSIDE_RANGES[to.outside];
  return { to: [{ ipBlock: { cidr, ...(except.length === 0 ? {} : { except: [...except] }) } }] };
}
