import type { CommonOptions, RecoverWorld } from "./world.ts";
import { deleteCluster } from "./fence.ts";
import { leftOversOf } from "./left-overs.ts";
import { isMeant } from "./rewrite.ts";
import { readExport } from "./state.ts";
import { CLUSTER } from "./types.ts";
import { shown } from "./words.ts";

/**
 * `npm run recover -- old-clusters`. Deletes what was shut out: clusters with the stack's tag that
 * its state does not hold.
 * @returns whether none is left.
 * @throws Error in a sentence for the operator.
 */
export async function deleteOldClusters(
  { stack, cwd, yes }: CommonOptions,
  world: RecoverWorld,
): Promise<boolean> {
  const before = await world.pulumi(cwd)(["stack", "export", "--stack", stack]);
  const { resources = [], pending_operations: pending = [] } = readExport(before).deployment;
  if (pending.some(({ resource }) => resource.type === CLUSTER))
    throw new Error(
      "An update that makes a cluster runs, or was cut off. Nothing was changed. Wait for its end, or run `npm run recover` first.",
    );
  const clouds = await world.clouds();
  const left = await leftOversOf(resources, clouds);
  if (left.word === "unknown")
    throw new Error(`Which clusters there are is not known: ${left.reason}. Nothing was changed.`);
  const old = left.things.filter(({ type }) => type === CLUSTER);
  if (old.length === 0) {
    world.say("DigitalOcean has no cluster of this stack but the one that its state holds.");
    return true;
  }
  for (const { candidate } of old)
    world.say(`old      ${candidate.name}: ${shown(candidate, world.now())}`);
  if (!(await isMeant(yes, "Delete what is old?", world))) return false;
  const ends: boolean[] = [];
  for (const { candidate } of old) {
    const { id, name = id } = candidate;
    ends.push(await deleteCluster({ id, name }, clouds, world));
  }
  return ends.every(Boolean);
}
