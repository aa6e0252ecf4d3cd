import { adopt } from "../../adopt/command.ts";
import { restore } from "../../state/restore.ts";
import { copiesIn, newestWhole, whoseOf } from "../../state/keep.ts";
import { nightOf } from "../night.ts";
import { quietly, recovered, updateStep } from "../night-work.ts";
import type { NightAtWork, NightPlan, PlanContext, WorkStep } from "../plan.ts";
import { CALLS } from "../times.ts";
import { anotherNight } from "./refusal.ts";

/** The state is gone, cut, or lacks what exists. The server serves all the while. */

/** The plan of the night. @throws Error in a sentence if it is not this night. */
export function statePlan({ facts, open }: PlanContext): NightPlan {
  const night = nightOf(facts);
  if (open === undefined && (night.word !== "night" || night.part !== "state"))
    throw new Error(anotherNight(night));
  return {
    part: "state",
    untouched: "cluster, databases, tunnel, DNS, buckets: the server serves all the while",
    lost: "nothing",
    cost: "as before",
    steps: [fromCopy, fromClouds, guarded, updateStep([CALLS.upOverFound])],
  };
}

/** Puts the newest whole copy in the place of a state that is not whole. */
const fromCopy: WorkStep = {
  key: "copy",
  lines: [CALLS.copy],
  run: async ({ options, world }: NightAtWork) => {
    const { stack, cwd } = options;
    const place = { stack, cwd };
    const bucket = await world.bucket();
    const { own, copies } = await copiesIn(bucket, place, await whoseOf(place));
    if (options.file === undefined && newestWhole(copies) === undefined) {
      if (own === undefined) await world.pulumi(cwd)(["stack", "init", stack]);
      return;
    }
    const { file } = options;
    await quietly(world, (quiet) => restore({ stack, cwd, file, yes: true }, quiet));
  },
};

/** Takes in what the copy, or an interrupted update, does not hold. */
const fromClouds: WorkStep = {
  key: "clouds",
  lines: [CALLS.adopt],
  run: async (night) => {
    const { options, world } = night;
    const { stack, cwd, adopt: answered } = options;
    await recovered(night);
    await quietly(world, async (quiet) => {
      const whole = { ...quiet, ...quiet.program };
      const well = await adopt({ stack, cwd, names: [], answered, yes: true }, whole);
      if (!well) quiet.say("An answer is given as `npm run rebuild -- state --adopt NAME=ID`.");
      return well;
    });
  },
};

/** An adopted state whose update replaces or deletes something is a wrong one. */
const guarded: WorkStep = {
  key: "preview",
  lines: [CALLS.guard],
  run: async ({ options, world }) => {
    const { failure, harmed } = await world.engine.preview(options);
    if (failure !== undefined)
      throw new Error(`The preview failed, and nothing was updated: ${failure}`);
    if (harmed.length > 0)
      throw new Error(
        `The next update would replace or delete what serves: ${harmed.join(", ")}. Nothing was updated. Look at \`npm run preview -- --stack ${options.stack} --refresh\`. Is the stack file the one that was deployed last?`,
      );
  },
};
