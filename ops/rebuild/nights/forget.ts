import { recoverCluster } from "../../recover/cluster.ts";
import { writeState } from "../../recover/rewrite.ts";
import { readExport } from "../../recover/state.ts";
import { clustersOf, withoutRemembered } from "../../recover/taken-out.ts";
import { quietly } from "../night-work.ts";
import type { NightAtWork } from "../plan.ts";

/**
 * Lets the next update make these a second time, because their cloud says that the first are gone.
 * @param places names in the program.
 */
export async function forgetLost(
  places: readonly string[],
  { options, world, journal }: NightAtWork,
): Promise<void> {
  const { stack, cwd } = options;
  const before = await world.pulumi(cwd)(["stack", "export", "--stack", stack]);
  const after = withoutRemembered(readExport(before), places);
  if (JSON.stringify(after) === JSON.stringify(readExport(before))) return;
  const again = `npm run rebuild -- ${journal.part}`;
  await writeState({ stack, cwd, before, after, again }, world);
}

/** Removes lost clusters from the state, with all in them. Does nothing if it holds none. */
export async function takeClustersOut({ options, world }: NightAtWork): Promise<void> {
  const { stack, cwd } = options;
  const before = await world.pulumi(cwd)(["stack", "export", "--stack", stack]);
  if (clustersOf(readExport(before).deployment.resources ?? []).length === 0) return;
  await quietly(world, (quiet) => recoverCluster({ stack, cwd, yes: true }, quiet));
}
