import { CLUSTER_PARTS, MADE_ONCE } from "../../config/keys/anew.ts";
import { poolsOf } from "./databases.ts";
import {
  nameOf,
  type PendingOperation,
  type Properties,
  type StackExport,
  type StateResource,
} from "./state.ts";
import {
  CLUSTER,
  FIREWALL,
  isInKubernetes,
  KUBERNETES_PROVIDER,
  makesBuckets,
  NODE_POOL,
  SPACES_KEY,
  STACK,
  TAG,
} from "./types.ts";

/** A state without clusters that are gone or given up. Everything else in it stays as it is. */

/** A cluster that the state speaks of. */
export interface StateCluster {
  readonly id: string;
  /** As its cloud calls it; its id where the state has forgotten the cluster itself. */
  readonly name: string;
}

const ACCOUNT_TOKEN = "cloudflare:index/accountToken:AccountToken";

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
    [KUBERNETES_PROVIDER]: inputs?.["clusterIdentifier"],
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
  return without(state, inClusters(state, ids));
}

/**
 * Removes these clusters, and what gives an old one access. That is the keys to the media, the tag
 * by which the databases recognize its nodes, and the pools with its connections. The next update
 * creates new ones. Until it has finished, the state lists by id what was shut out.
 */
export function withoutOldWorld(state: StackExport, ids: ReadonlySet<string>): TakenOut {
  const { resources = [] } = state.deployment;
  const leaves = inClusters(state, ids);
  const tags = nodeTagsOf(resources);
  const hands = [...keysOf(resources), ...tags, ...poolsOf(resources)];
  const theirs = new Set(hands.map(({ urn }) => urn));
  const { taken, left } = without(
    state,
    (resource) => leaves(resource) || theirs.has(resource.urn),
  );
  const shutOut = [...shutOutOf(resources), ...ids, ...tags.map(({ id }) => id)];
  const remembered = (left.deployment.resources ?? []).map((each) =>
    each.type === STACK ? { ...each, outputs: { ...each.outputs, [SHUT_OUT]: shutOut } } : each,
  );
  return {
    taken,
    left: { ...left, deployment: { ...left.deployment, resources: remembered } },
  };
}

/** DigitalOcean's types that have no region: another region keeps them. */
const EVERYWHERE = /:(?:Tag|Project|UptimeCheck|UptimeAlert|MonitorAlert|SpacesKey)$/u;

/** Removes what is in a region that is lost. Checks, alerts, tags and the project stay. */
export function withoutRegion(state: StackExport): TakenOut {
  const { taken, left } = without(
    state,
    (resource) =>
      (resource.type.startsWith("digitalocean:") && !EVERYWHERE.test(resource.type)) ||
      resource.type === KUBERNETES_PROVIDER ||
      isInKubernetes(resource),
  );
  const names = MADE_ONCE.filter((name) => !/^(?:tunnel|media|network-stack)/u.test(name));
  return { taken, left: withoutRemembered(left, names) };
}

/**
 * Removes everything at DigitalOcean, because its account is closed, and the keys that its pods had
 * to Cloudflare's buckets. Tunnel, records and buckets stay.
 */
export function withoutDigitalOcean(state: StackExport): TakenOut {
  const keys = new Set(keysOf(state.deployment.resources ?? []).map(({ urn }) => urn));
  const { taken, left } = without(
    state,
    (resource) =>
      resource.type.startsWith("digitalocean:") ||
      resource.type === KUBERNETES_PROVIDER ||
      isInKubernetes(resource) ||
      keys.has(resource.urn),
  );
  // A refresh with the new account's token has taken some out before.
  const names = MADE_ONCE.filter((name) => !/^(?:tunnel|media-r2)-/u.test(name));
  return { taken, left: withoutRemembered(left, names) };
}

/**
 * Output of the stack that remembers a fence. An update that comes to its end writes the program's
 * outputs in its place, and then the state holds another cluster.
 */
const SHUT_OUT = "shutOut";

/** Ids of clusters and tags that a fence has shut out, and in whose place nothing was made yet. */
export function shutOutOf(resources: readonly StateResource[]): ReadonlySet<unknown> {
  const outputs = resources.find(({ type }) => type === STACK)?.outputs;
  return new Set((outputs?.[SHUT_OUT] ?? []) as readonly unknown[]);
}

/** Keys to media that pods hold. */
export function keysOf(resources: readonly StateResource[]): readonly StateResource[] {
  return resources.filter(
    (each) => each.type === ACCOUNT_TOKEN || (each.type === SPACES_KEY && !makesBuckets(each)),
  );
}

/** Tags of nodes that the databases' firewalls admit. */
export function nodeTagsOf(resources: readonly StateResource[]): readonly StateResource[] {
  const admitted = new Set(
    resources
      .filter(({ type }) => type === FIREWALL)
      .flatMap(({ inputs }) => (inputs?.["rules"] ?? []) as readonly Rule[])
      .filter(({ type }) => type === "tag")
      .map(({ value }) => value),
  );
  return resources.filter(({ type, id }) => type === TAG && admitted.has(id));
}

interface Rule {
  readonly type?: string;
  readonly value?: string;
}

type Leaves = (resource: StateResource) => boolean;

function inClusters({ deployment }: StackExport, ids: ReadonlySet<string>): Leaves {
  const isGone = (resource: StateResource): boolean => ids.has(clusterIdOf(resource) ?? "");
  const providers = new Set(
    (deployment.resources ?? [])
      .filter((each) => each.type === KUBERNETES_PROVIDER && isGone(each))
      .map(({ urn }) => urn),
  );
  return (resource) =>
    isGone(resource) || (isInKubernetes(resource) && providers.has(providerOf(resource)));
}

/**
 * Memory of the stack without what is given up: the next update would refuse to make it a second
 * time (`domain/kept.ts`). A refresh may have taken the cluster out before.
 */
function forgetting(
  resource: StateResource,
  taken: readonly StateResource[],
  stays: readonly StateResource[],
): StateResource {
  const held = new Set(stays.map(nameOf));
  return withoutMemory(
    resource,
    [...taken.map(nameOf), ...CLUSTER_PARTS].filter((name) => !held.has(name)),
  );
}

/** The stack's own resource without these names in its output `running.kept`. */
function withoutMemory(resource: StateResource, names: readonly string[]): StateResource {
  const running = resource.outputs?.["running"] as Properties | undefined;
  if (resource.type !== STACK || running?.["kept"] === undefined) return resource;
  const given = new Set(names);
  const kept = Object.entries(running["kept"] as Properties).filter(([name]) => !given.has(name));
  return {
    ...resource,
    outputs: { ...resource.outputs, running: { ...running, kept: Object.fromEntries(kept) } },
  };
}

/** A state whose next update may make these a second time, because the first are gone. */
export function withoutRemembered(state: StackExport, names: readonly string[]): StackExport {
  const { resources = [] } = state.deployment;
  return {
    ...state,
    deployment: {
      ...state.deployment,
      resources: resources.map((each) => withoutMemory(each, names)),
    },
  };
}

function without(state: StackExport, leaves: Leaves): TakenOut {
  const { resources = [], pending_operations: pending = [] } = state.deployment;
  const taken = resources.filter(leaves);
  const stays = resources.filter((each) => !leaves(each));
  const urns = new Set(taken.map(({ urn }) => urn));
  // A resource that is replaced stands there twice, under one URN.
  for (const { urn } of stays) urns.delete(urn);
  return {
    taken,
    left: {
      ...state,
      deployment: {
        ...state.deployment,
        resources: stays.map((each) => forgetting(withoutDependencies(each, urns), taken, stays)),
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
