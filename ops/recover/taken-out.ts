import type { PendingOperation, StackExport, StateResource } from "./state.ts";

/** The state without the clusters that are gone. Everything else in it stays as it is. */

/** A cluster that the state speaks of. */
export interface StateCluster {
  readonly id: string;
  /** As its cloud calls it; its id where the state has forgotten the cluster itself. */
  readonly name: string;
}

const CLUSTER = "digitalocean:index/kubernetesCluster:KubernetesCluster";
const NODE_POOL = "digitalocean:index/kubernetesNodePool:KubernetesNodePool";
const PROVIDER = "pulumi:providers:kubernetes";

/** Whether a resource is an object inside a cluster. */
export function isObject({ type }: StateResource): boolean {
  return type.startsWith("kubernetes:");
}

/** Whether a resource is a pool of nodes. */
export function isPool({ type }: StateResource): boolean {
  return type === NODE_POOL;
}

/**
 * Every cluster of a state. A refresh that stopped half-way has taken the cluster itself out, and
 * left its objects: their provider still names it.
 */
export function clustersOf(resources: readonly StateResource[]): readonly StateCluster[] {
  const names = new Map<string, string>();
  for (const resource of resources) {
    const id = clusterIdOf(resource);
    if (id === undefined || isPool(resource)) continue;
    const name = resource.type === CLUSTER ? resource.outputs?.["name"] : undefined;
    names.set(id, typeof name === "string" ? name : (names.get(id) ?? id));
  }
  return [...names].map(([id, name]) => ({ id, name }));
}

/** Id of the cluster that a resource is, belongs to or leads to. */
function clusterIdOf({ type, id, inputs }: StateResource): string | undefined {
  const named = {
    [CLUSTER]: id,
    [NODE_POOL]: inputs?.["clusterId"],
    [PROVIDER]: inputs?.["clusterIdentifier"],
  }[type];
  return typeof named === "string" ? named : undefined;
}

/** A state without what was in clusters that are gone, and what was taken out. */
export interface TakenOut {
  readonly taken: readonly StateResource[];
  readonly left: StackExport;
}

/**
 * Takes out these clusters, their pools and providers, and every object inside. What stays loses
 * its dependencies on them, as after a refresh; `pulumi stack import` would refuse the others.
 */
export function withoutClusters(state: StackExport, ids: ReadonlySet<string>): TakenOut {
  const { resources = [], pending_operations: pending = [] } = state.deployment;
  const providers = new Set<string>();
  const isGone = (resource: StateResource): boolean => ids.has(clusterIdOf(resource) ?? "");
  for (const each of resources) if (each.type === PROVIDER && isGone(each)) providers.add(each.urn);
  const leaves = (resource: StateResource): boolean =>
    isGone(resource) || (isObject(resource) && providers.has(providerOf(resource)));
  const taken = resources.filter(leaves);
  const urns = new Set(taken.map(({ urn }) => urn));
  const stays = resources.filter((each) => !leaves(each));
  // A resource that is replaced stands there twice, under one URN.
  for (const { urn } of stays) urns.delete(urn);
  return {
    taken,
    left: {
      ...state,
      deployment: {
        ...state.deployment,
        resources: stays.map((each) => withoutDependencies(each, urns)),
        pending_operations: pending
          .filter(({ resource }) => !leaves(resource))
          .map((each): PendingOperation => ({
            ...each,
            resource: withoutDependencies(each.resource, urns),
          })),
      },
    },
  };
}

/** URN of a resource's provider: the state writes `<urn>::<id>`. */
function providerOf({ provider = "" }: StateResource): string {
  return provider.slice(0, provider.lastIndexOf("::"));
}

function withoutDependencies(resource: StateResource, gone: ReadonlySet<string>): StateResource {
  const { dependencies, propertyDependencies, deletedWith } = resource;
  const left = (urns: readonly string[]): readonly string[] => urns.filter((urn) => !gone.has(urn));
  const { deletedWith: _, ...others } = resource;
  return {
    ...(deletedWith !== undefined && gone.has(deletedWith) ? others : resource),
    ...(dependencies && { dependencies: left(dependencies) }),
    ...(propertyDependencies && {
      propertyDependencies: Object.fromEntries(
        Object.entries(propertyDependencies).map(([key, urns]) => [key, left(urns ?? [])]),
      ),
    }),
  };
}
