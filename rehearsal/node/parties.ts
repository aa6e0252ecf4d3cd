import type { V1Pod, V1Service } from "@kubernetes/client-node";
import { OUTSIDE, type Place } from "../checks/network-matrix.ts";
import { serviceName, type End, type Parties, type TriedPlace } from "./measure-connections.ts";
import { NETWORK } from "./network.ts";
import type { RealNode } from "./node.ts";
import { podNetworks } from "./pod-networks.ts";

const COMPONENT = "app.kubernetes.io/component";

/** Pods and hosts in a run, as both ends of connections. */
export interface Standing {
  /** Running pods of the stack's namespace. */
  readonly pods: readonly V1Pod[];
  /** A pod of another namespace. */
  readonly stranger: V1Pod;
  /** Running pods of kube-system. */
  readonly system: readonly V1Pod[];
  /** Services of the stack's namespace, each for one component's pods. */
  readonly services: readonly V1Service[];
  readonly nodes: readonly RealNode[];
  /** Addresses of a database, and of a site on the Internet. */
  readonly database: string;
  readonly site: string;
}

/** Unused addresses of ranges that a pod must not reach (RFC 1918). */
export const PRIVATE = {
  "a private address": "192.168.1.1",
  "another private address": "172.20.0.1",
} as const;

/** Name in the matrix of a pod of another namespace, as a sender. */
const STRANGER = "a pod of default";

/** All ends of connections, with their addresses and networks in this run. */
export async function partiesOf(standing: Standing): Promise<Parties> {
  const { pods, stranger, system, services, nodes, database, site } = standing;
  const networks = new Map(
    (await Promise.all(nodes.map(({ pid }) => podNetworks(pid)))).flatMap((each) => [...each]),
  );
  const endOf = (name: string, pod: V1Pod | undefined): End & { readonly network: string } => {
    const address = pod?.status?.podIP ?? "";
    const network = networks.get(address);
    if (network === undefined)
      throw new Error(`${name} has no network on a node: its address is "${address}".`);
    return { name, address, network };
  };
  const byComponent = new Map(
    pods.map((pod) => [pod.metadata?.labels?.[COMPONENT] ?? "", pod] as const),
  );
  const ends = [...byComponent].map(([name, pod]) => endOf(name, pod));
  const away = endOf(STRANGER, stranger);
  const labelled = (name: string): V1Pod | undefined =>
    system.find(({ metadata }) => metadata?.labels?.["k8s-app"] === name);
  const dns = endOf("kube-dns", labelled("kube-dns"));
  const other = endOf("a pod of kube-system", labelled("metrics-server"));
  const world = [database, site, ...Object.values(PRIVATE), NETWORK.metadata, NETWORK.api.address];
  const addresses: Readonly<Record<string, string>> = {
    ...PRIVATE,
    "kube-dns": dns.address,
    "a pod of kube-system": other.address,
    "a pod of another namespace": away.address,
    "the VPC": database,
    "the Internet": site,
    "the Services": API_SERVICE,
    "the Droplet's metadata": NETWORK.metadata,
  };
  return {
    ends: [...ends, away],
    places: [
      ...OUTSIDE.map((place) => ({
        ...place,
        address: addresses[place.name] ?? "",
        // A Service's address answers only on the Service's port.
        ...(place.name === "the Services" && { port: 443 }),
      })),
      inVpc("the API server", NETWORK.api.address),
      ...nodes.map(({ address }, index) => inVpc(`node ${index + 1}`, address)),
      ...services.flatMap((service) => placesOf(service, byComponent)),
    ],
    answering: [
      ...[dns, other].map(({ network, address }) => ({ network, addresses: [address] })),
      ...nodes.map(({ pid, address }) => ({
        network: `/proc/${pid}/ns/net`,
        addresses: [address],
      })),
      { network: undefined, addresses: world },
    ],
  };
}

/** The Service of the API server; Kubernetes assigns the range's first address. */
const API_SERVICE = "10.245.0.1";

function inVpc(name: string, address: string): TriedPlace {
  return { name, kind: { outside: ["databases", "vpc"] }, to: { address }, address };
}

/** A Service by its address: its traffic arrives at its pods. */
function placesOf(
  { metadata, spec }: V1Service,
  byComponent: ReadonlyMap<string, V1Pod>,
): readonly TriedPlace[] {
  const component = spec?.selector?.[COMPONENT] ?? "";
  const pod = byComponent.get(component);
  const { clusterIP: address } = spec ?? {};
  if (pod === undefined || address === undefined) return [];
  const to: Place["to"] = {
    pod: { namespace: pod.metadata?.namespace ?? "", labels: pod.metadata?.labels ?? {} },
  };
  return (spec?.ports ?? []).map(({ port }) => ({
    ...{ name: serviceName(metadata?.name ?? ""), kind: { component }, to, port, address },
  }));
}
