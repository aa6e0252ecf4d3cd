import { recoverCluster } from "../../recover/cluster.ts";
import { writeState } from "../../recover/rewrite.ts";
import { readExport, type StackExport, type StateResource } from "../../recover/state.ts";
import { clustersOf, withoutRemembered } from "../../recover/taken-out.ts";
import { quietly } from "../night-work.ts";
import type { NightAtWork, WorkStep } from "../plan.ts";
import { CALLS } from "../times.ts";

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

/** The step that takes what stays behind out of the state. It exists on, and may wake up. */
export function leaving(
  without: (state: StackExport) => {
    readonly taken: readonly StateResource[];
    readonly left: StackExport;
  },
): WorkStep {
  return {
    key: "left",
    lines: [CALLS.leave],
    run: async ({ options, world, journal }: NightAtWork) => {
      const { stack, cwd } = options;
      const before = await world.pulumi(cwd)(["stack", "export", "--stack", stack]);
      const { taken, left: after } = without(readExport(before));
      if (taken.length === 0) return;
      const again = `npm run rebuild -- ${journal.part}`;
      await writeState({ stack, cwd, before, after, again }, world);
    },
  };
}
