import { cloudOf, nameOf, nightOf } from "../night.ts";
import { updateStep } from "../night-work.ts";
import type { NightPlan, PlanContext } from "../plan.ts";
import { CALLS, EDGE_STEPS } from "../times.ts";
import { anotherNight } from "./refusal.ts";
import { forgetLost } from "./forget.ts";

/** Something at Cloudflare is gone, and cluster and data live. */

/** The plan of the night. @throws Error in a sentence if it is not this night. */
export function edgePlan({ facts, open }: PlanContext): NightPlan {
  const night = nightOf(facts);
  if (open === undefined && (night.word !== "night" || night.part !== "edge"))
    throw new Error(anotherNight(night));
  const lost = facts.things.filter(
    ({ kind, presence }) => cloudOf(kind) === "Cloudflare" && presence.word === "gone",
  );
  const buckets = lost.filter(({ kind }) => kind === "bucket").map(nameOf);
  return {
    part: "edge",
    untouched: "cluster, Postgres, Valkey",
    lost:
      buckets.length === 0
        ? "nothing"
        : `what was in ${buckets.join(", ")}, until it is copied back from the second store (docs/media.md)`,
    cost: "as before",
    steps: [
      {
        key: "taken-out",
        lines: [CALLS.takenOut],
        run: (night) =>
          forgetLost(
            lost.map(({ place }) => place),
            night,
          ),
      },
      updateStep(EDGE_STEPS),
    ],
  };
}
