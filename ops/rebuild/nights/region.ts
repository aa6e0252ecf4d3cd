import { REGIONS } from "../../../facts/digitalocean/regions.ts";
import { fence } from "../../recover/fence.ts";
import { readExport } from "../../recover/state.ts";
import { clustersOf, withoutRegion } from "../../recover/taken-out.ts";
import { changeStackFile } from "../../restore/stack-file.ts";
import { configOf, stackFileOf } from "../../stack-file/place.ts";
import { isGone, quietly } from "../night-work.ts";
import { nightOf } from "../night.ts";
import type { NightAtWork, NightPlan, PlanContext, WorkStep } from "../plan.ts";
import { CALLS, EVERYTHING_STEPS } from "../times.ts";
import { dumpPlan } from "./dump.ts";
import { leaving, takeClustersOut } from "./forget.ts";
import { anotherNight } from "./refusal.ts";

/**
 * A region is lost, and may come back the next day. Everything in it is made in another one, with
 * the data of a dump. Only DigitalOcean can say that a region is lost, so an operator names it.
 */

/** The plan of the night. @throws Error in a sentence for a region that is none, or this one. */
export async function regionPlan(context: PlanContext): Promise<NightPlan> {
  const { facts, config, options, open } = context;
  const to = open?.choice?.["to"] ?? options.to;
  if (to === undefined || !REGIONS.some((each) => each === to))
    throw new Error(
      `--to ${to ?? "is missing, so it"} names no region. Nothing was changed. Write one of: ${REGIONS.filter((each) => each !== config.region).join(", ")}.`,
    );
  if (open === undefined) {
    if (to === config.region)
      throw new Error(
        `--to ${to} is the region in which the server runs. Nothing was changed. Write another one.`,
      );
    const { state, token } = facts;
    if (state.word !== "there" || state.pending + state.locks.length > 0)
      throw new Error(anotherNight(nightOf(facts)));
    if (token.word === "gone") throw new Error(anotherNight(nightOf(facts)));
  }
  const isLost = isGone(facts, "cluster");
  const from = open?.choice?.["from"] ?? config.region;
  const plan = await dumpPlan("region", context, {
    before: [fenced(isLost), leaving(withoutRegion), place(to)],
    lines: EVERYTHING_STEPS,
  });
  return {
    ...plan,
    choice: { ...plan.choice, from, to },
    left: [
      ...(plan.left ?? []),
      `  Once ${from} answers again: npm run rebuild -- orphans. Its Sidekiq may work off its own queue until its cluster is deleted.`,
    ],
    lost: `${plan.lost}; jobs that waited, and feeds, which are built again. No way back: the old cluster is shut out, and its database is let go`,
    cost: "as before, and what stays in the old region until you delete it: npm run rebuild -- orphans",
  };
}

/** Shuts the old world out: it may wake up, with the same keys and an older database. */
function fenced(isLost: boolean): WorkStep {
  return {
    key: "fence",
    lines: [CALLS.fence],
    run: async (night: NightAtWork) => {
      const { options, world } = night;
      const { stack, cwd, oldWorldIsDead } = options;
      if (isLost) {
        await takeClustersOut(night);
        return;
      }
      const text = await world.pulumi(cwd)(["stack", "export", "--stack", stack]);
      if (clustersOf(readExport(text).deployment.resources ?? []).length === 0) return;
      const leaves = { leavesDatabases: true } as const;
      await quietly(world, (quiet) =>
        fence({ stack, cwd, yes: true, oldWorldIsDead, ...leaves }, quiet),
      );
    },
  };
}

/** Writes the region, and a network whose range is not that of the one that is left behind. */
function place(to: string): WorkStep {
  return {
    key: "place",
    lines: [CALLS.place],
    run: async ({ options }) => {
      const { region, network } = await configOf(options);
      if (region === to) return;
      await changeStackFile(stackFileOf(options), (document) => {
        document.setIn(["config", "mastodon:region"], to);
        document.setIn(["config", "mastodon:network"], network + 1);
      });
    },
  };
}
