import type { V1NetworkPolicy, V1Pod } from "@kubernetes/client-node";
import type { Flow, Outside } from "../../k8s/flows/flow.ts";
import { type Check, checkOf } from "./check.ts";
import { isAllowed, type Attempt, type Destination, type PolicyPod } from "./reachability.ts";

const COMPONENT = "app.kubernetes.io/component";

/** A destination with its name in the table of flows (`none`: nothing may connect to it). */
export interface Place {
  readonly name: string;
  readonly kind:
    | { readonly component: string }
    | { readonly outside: readonly Outside[] | "none" }
    | { readonly namespace: string };
  readonly to: Destination;
  /** Its only port, as of a Service, over TCP. Default: each port of the matrix. */
  readonly port?: number;
}

/** A possible connection, by the names of both ends, and whether it is open. */
export interface Connection {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: "TCP" | "UDP";
  /** Whether the table of flows allows it. */
  readonly written: boolean;
  /** Whether the live policies allow it, by their specification. */
  readonly computed: boolean;
}

/** Senders of possible connections; in other namespaces, their pods. */
interface Sender {
  readonly name: string;
  readonly pod: PolicyPod;
  /** Undefined for a component of the server. */
  readonly namespace: string | undefined;
}

/** Ports on which something listens (10250: kubelets), and two on which nothing does. */
export const PORTS = [
  ...[22, 25, 53, 80, 443, 2_000, 3_000, 4_000, 7_844, 8_080, 10_250, 16_443, 25_060, 25_061],
] as const;

const PROTOCOLS = ["TCP", "UDP"] as const;

/**
 * One address of each kind (RFC 5737 for the Internet, RFC 1918, RFC 6598, RFC 3927 for the rest).
 */
export const OUTSIDE: readonly Place[] = [
  place("kube-dns", ["dns"], {
    pod: { namespace: "kube-system", labels: { "k8s-app": "kube-dns" } },
  }),
  place("a pod of kube-system", "none", { pod: { namespace: "kube-system", labels: {} } }),
  place("a pod of another namespace", "none", { pod: { namespace: "default", labels: {} } }),
  place("the VPC", ["databases", "vpc"], { address: "10.10.0.9" }),
  place("the Internet", ["internet", "cloudflare"], { address: "203.0.113.7" }),
  place("a private address", "none", { address: "192.168.1.1" }),
  place("another private address", "none", { address: "172.20.0.1" }),
  place("the Services", "none", { address: "10.245.0.1" }),
  place("the Droplet's metadata", "none", { address: "169.254.169.254" }),
];

function place(name: string, outside: readonly Outside[] | "none", to: Destination): Place {
  return { name, kind: { outside }, to };
}

/**
 * Compares the live policies with the table of flows. It covers every pair of components, every
 * kind of outside address, and connections from other namespaces into each component.
 */
export function checkNetworkMatrix(
  pods: readonly V1Pod[],
  policies: readonly V1NetworkPolicy[],
  flows: readonly Flow[],
): Check {
  const connections = connectionsOf(pods, policies, flows);
  const complaints = connections
    .filter(({ written, computed }) => written !== computed)
    .map((one) => `${wordsOf(one)} is ${one.computed ? "open" : "closed"}`);
  return checkOf(
    "the live NetworkPolicies let through the connections of the table, and no other",
    connections.length === 0 ? ["there are no pods"] : complaints,
    `${connections.length} connections computed, ${connections.filter(({ computed }) => computed).length} open`,
  );
}

/** `web → streaming TCP 4000` */
export function wordsOf({ from, to, protocol, port }: Connection): string {
  return `${from} → ${to} ${protocol} ${port}`;
}

/**
 * Every possible connection from a pod of each component, and from other namespaces into each
 * component. Empty if a component has no pod.
 * @param outside destinations in addition to the components. Default: {@link OUTSIDE}.
 */
export function connectionsOf(
  pods: readonly V1Pod[],
  policies: readonly V1NetworkPolicy[],
  flows: readonly Flow[],
  outside: readonly Place[] = OUTSIDE,
): readonly Connection[] {
  const components = new Map<string, PolicyPod>();
  for (const { metadata } of pods) {
    const { namespace = "", labels = {} } = metadata ?? {};
    const component = labels[COMPONENT];
    if (component !== undefined) components.set(component, { namespace, labels });
  }
  if (components.size === 0) return [];
  /** Other namespaces that a flow names. */
  const namespaces = [
    ...new Set(
      flows.flatMap(({ from, to }) => [
        ...(typeof from === "object" && "namespace" in from ? [from.namespace] : []),
        ...("namespace" in to ? [to.namespace] : []),
      ]),
    ),
  ];
  const places: readonly Place[] = [
    ...[...components].map(([name, pod]) => ({
      name,
      kind: { component: name },
      to: { pod },
    })),
    ...outside,
    ...namespaces.map((namespace) => ({
      name: `a pod of ${namespace}`,
      kind: { namespace },
      to: { pod: { namespace, labels: {} } },
    })),
  ];
  const strangers: readonly Sender[] = ["default", ...namespaces].map((namespace) => ({
    name: `a pod of ${namespace}`,
    pod: { namespace, labels: {} },
    namespace,
  }));
  const senders: readonly Sender[] = [
    ...[...components].map(([name, pod]) => ({ name, pod, namespace: undefined })),
    ...strangers,
  ];
  const ports = [
    ...new Set([...PORTS, ...flows.flatMap((flow) => flow.ports.map((one) => one.port))]),
  ];
  const connections: Connection[] = [];
  for (const sender of senders)
    for (const target of places) {
      // Traffic between other namespaces is out of scope.
      if (sender.namespace !== undefined && !("component" in target.kind)) continue;
      for (const port of target.port === undefined ? ports : [target.port])
        for (const protocol of target.port === undefined ? PROTOCOLS : PROTOCOLS.slice(0, 1)) {
          const attempt: Attempt = { from: sender.pod, to: target.to, port, protocol };
          connections.push({
            ...{ from: sender.name, to: target.name, port, protocol },
            written: flows.some((flow) => covers(flow, sender, target, port, protocol)),
            computed: isAllowed(policies, attempt),
          });
        }
    }
  return connections;
}

function covers(
  flow: Flow,
  sender: Sender,
  { kind }: Place,
  port: number,
  protocol: "TCP" | "UDP",
): boolean {
  const fits = flow.ports.some((one) => one.port === port && one.protocol === protocol);
  if (!sends(flow, sender) || !fits) return false;
  const { to } = flow;
  if ("component" in kind) return "component" in to && to.component === kind.component;
  if ("namespace" in kind)
    return "namespace" in to ? to.namespace === kind.namespace : leadsAnywhere(to);
  if (leadsAnywhere(to)) return true;
  return kind.outside !== "none" && "outside" in to && kind.outside.includes(to.outside);
}

function leadsAnywhere(to: Flow["to"]): boolean {
  return "outside" in to && to.outside === "anywhere";
}

/** Pods of other namespaces may connect only if the table names their namespace. */
function sends({ from }: Flow, sender: Sender): boolean {
  if (sender.namespace !== undefined)
    return typeof from === "object" && "namespace" in from && from.namespace === sender.namespace;
  return from === "every pod" || (!("namespace" in from) && from.includes(sender.name));
}
