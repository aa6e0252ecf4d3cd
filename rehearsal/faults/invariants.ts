import { isDeepStrictEqual } from "node:util";
import type { InventoryItem } from "../clouds/world.ts";
import { nameOf, type StateResource } from "../engine/operation.ts";
import { kindOf } from "../plan/kubernetes-replaces.ts";
import { countsOf, differences } from "./counts.ts";
import type { FastWorld } from "./fast-world.ts";

/** All that can be seen of a fast world and its stack, without a secret. */
export interface Seen {
  readonly clouds: readonly InventoryItem[];
  /** Objects of Kubernetes by the id that their provider gives them. */
  readonly objects: readonly InventoryItem[];
  readonly state: readonly StateResource[];
}

/** Looks at everything. */
export function look({ world, clusters, resources }: FastWorld): Seen {
  return {
    clouds: world.inventory(),
    objects: clusters
      .stores()
      .flatMap((store) => store.all())
      .map(({ kind, namespace, name }) => ({
        type: kind,
        id: namespace === undefined ? name : `${namespace}/${name}`,
        name,
      })),
    state: resources(),
  };
}

/** A rule that holds after a recovery and the update that follows it; each fault as a line. */
export type Invariant = (after: Seen, before: Seen, said: string) => readonly string[];

const isCloud = ({ type }: StateResource): boolean => /^(?:digitalocean|cloudflare):/u.test(type);
const isObject = ({ type }: StateResource): boolean => /^kubernetes:/u.test(type);

/** Everything in the clouds stands in the state, or recovery has named it as left over. */
export const nothingUnnamed: Invariant = ({ clouds, state }, _before, said) => {
  const held = new Set(state.map(({ type, id }) => `${type} ${id}`));
  return clouds
    .filter(({ type, id }) => !held.has(`${type} ${id}`) && !said.includes(id))
    .map(({ type, id, name }) => `${type} ${name} (${id}) is in no state, and nobody said so`);
};

/** Every object in the cluster stands in the state: recovery takes over what it finds there. */
export const noObjectUnheld: Invariant = ({ objects, state }) => {
  const held = new Set(state.filter(isObject).map(({ type, id }) => `${kindOf(type)} ${id}`));
  return objects
    .filter(({ type, id }) => !held.has(`${type} ${id}`))
    .map(({ type, id }) => `${type} ${id} is in the cluster and in no state`);
};

/** Everything in the state exists. */
export const nothingInvented: Invariant = ({ clouds, objects, state }) => {
  const there = new Set(clouds.map(({ type, id }) => `${type} ${id}`));
  const ids = new Set(objects.map(({ id }) => id));
  return state
    .filter(
      (each) =>
        (isCloud(each) && !there.has(`${each.type} ${each.id}`)) ||
        (isObject(each) && !ids.has(String(each.id))),
    )
    .map(({ type, urn }) => `the state holds ${type} ${nameOf(urn)}, which does not exist`);
};

/** Each type is there as often as in a world that nobody disturbed, what was named aside. */
export const nothingDoubled: Invariant = (after, before, said) =>
  (["clouds", "objects"] as const).flatMap((where) => {
    const now = countsOf(after[where].filter(({ id }) => !said.includes(`left over: ${id}`)));
    return differences(now, countsOf(before[where])).map(
      ({ type, is, should }) => `${is} ${type}, not ${should}`,
    );
  });

/** The state has the same resources as one that nobody disturbed. */
export const stateAsPlanned: Invariant = ({ state }, before) => {
  const urns = ({ state: all }: Pick<Seen, "state">) => all.map(({ urn }) => urn).toSorted();
  const [now, then] = [urns({ state }), urns(before)];
  if (isDeepStrictEqual(now, then)) return [];
  return [
    ...then.filter((urn) => !now.includes(urn)).map((urn) => `${nameOf(urn)} is in no state`),
    ...now.filter((urn) => !then.includes(urn)).map((urn) => `${nameOf(urn)} is too many`),
    ...now.filter((urn, at) => now.indexOf(urn) !== at).map((urn) => `${nameOf(urn)} stands twice`),
  ];
};

const KEPT = /(?:postgres-cluster|valkey-cluster|cluster-doks|media-r2-bucket|tunnel-tunnel)$/u;
/** Types that hold data, or that members reach. */
export const COUNTED =
  /(?:databaseCluster|kubernetesCluster|r2Bucket|zeroTrustTunnelCloudflared):/u;

/** Data and a server's address are what they were, and there is nothing more of them. */
export const dataAndIdentityKept: Invariant = ({ clouds, state }, before) => {
  const ids = (seen: Pick<Seen, "state">) =>
    new Map(seen.state.filter(({ urn }) => KEPT.test(urn)).map(({ urn, id }) => [urn, id]));
  const now = ids({ state });
  const open = new Set(state.flatMap(({ urn, protect }) => (protect === true ? [] : [urn])));
  const count = (items: readonly { readonly type: string }[]) =>
    items.filter(({ type }) => COUNTED.test(type)).length;
  return [
    ...[...ids(before)]
      .filter(([urn, id]) => now.get(urn) !== id)
      .map(([urn, id]) => `${nameOf(urn)} is another one than ${id}`),
    ...before.state
      .filter(({ urn, protect }) => protect === true && open.has(urn))
      .map(({ urn }) => `${nameOf(urn)} is no longer protected`),
    ...(count(clouds) === count(state)
      ? []
      : [`${count(clouds)} databases, clusters, buckets and tunnels, not ${count(state)}`]),
  ];
};

/** The rules that hold at the end of every cell. */
export const INVARIANTS: readonly Invariant[] = [
  nothingUnnamed,
  nothingInvented,
  nothingDoubled,
  stateAsPlanned,
];
