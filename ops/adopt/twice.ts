import { ask, isMissing, reasonOf } from "../recover/presence.ts";
import { nameOf, type Properties, type StateResource } from "../recover/state.ts";
import { deleteTwice, nameTwice, type Twice } from "../recover/twice.ts";
import { CLUSTER, isInKubernetes } from "../recover/types.ts";
import { AUTONAMED, type LiveObject, type OpenCluster } from "./in-cluster.ts";
import type { AdoptWorld } from "./world.ts";

/**
 * Deletes duplicates of cluster objects: autonamed ones that the state does not contain. A create
 * that failed after its effect leaves one, and the next update creates its own. Nothing refers to
 * the first one: these objects hold no data, and what uses one names it. A running Job is waited
 * for: it may be a migration.
 * @returns whether nothing is left to do. A cluster that doesn't answer is reported and skipped:
 * its duplicates do no harm, and recovery from an outage must go on.
 */
export async function endObjectsTwice(
  held: readonly StateResource[],
  yes: boolean,
  world: Pick<AdoptWorld, "say" | "confirm" | "now" | "clouds" | "cluster">,
): Promise<boolean> {
  const clusterId = held.find(({ type }) => type === CLUSTER)?.id;
  const named = held.filter((each) => isInKubernetes(each) && isAutonamed(each));
  if (clusterId === undefined || named.length === 0) return true;
  const clouds = await world.clouds();
  const twice = await ask(async () => {
    const { objects } = await world.cluster(clouds, clusterId);
    return { objects, all: await othersOf(named, held, objects) };
  }, clouds.patience);
  // Deleting a cluster deletes everything in it.
  if (isMissing(twice)) return true;
  if (twice.kind !== "value") {
    world.say(`Whether an object of the cluster is there twice is not known: ${reasonOf(twice)}.`);
    return true;
  }
  const { objects, all } = twice.value;
  nameTwice(all, world);
  const busy = all.find(({ candidate }) => candidate.busy !== undefined)?.candidate;
  if (busy !== undefined) {
    world.say(
      `${busy.id}: ${busy.busy}. Nothing was deleted. Run this again once it has ended, and no update before.`,
    );
    return false;
  }
  return await deleteTwice(all, yes, clouds, world, async ({ resource, candidate }) => {
    const { apiVersion, kind } = resource.inputs as Readonly<Record<string, string>>;
    await objects.delete(apiVersion!, kind!, candidate);
  });
}

const metadataOf = ({ inputs }: StateResource): Properties =>
  (inputs?.["metadata"] ?? {}) as Properties;

function isAutonamed(resource: StateResource): boolean {
  const annotations = metadataOf(resource)["annotations"] as Properties | undefined;
  return annotations?.[AUTONAMED] === "true";
}

/**
 * Objects that Pulumi named for the same resources, with the same labels, and that no state
 * contains.
 */
async function othersOf(
  resources: readonly StateResource[],
  held: readonly StateResource[],
  objects: OpenCluster["objects"],
): Promise<readonly Twice<LiveObject>[]> {
  const ids = new Set(held.map(({ type, id }) => `${type} ${id}`));
  const all: Twice<LiveObject>[] = [];
  for (const resource of resources) {
    const { name: _, ...metadata } = metadataOf(resource);
    const there = await objects.find(nameOf(resource), { ...resource.inputs, metadata });
    for (const candidate of there)
      if (candidate.doubt === undefined && !ids.has(`${resource.type} ${candidate.id}`))
        all.push({ resource, candidate });
  }
  return all;
}
