import { readExport } from "../../recover/state.ts";
import { ask, reasonOf } from "../../recover/presence.ts";
import { TUNNEL } from "../../recover/types.ts";
import { tunnelOf } from "../../recover/tunnel.ts";
import type { Facts, Seen } from "../facts.ts";
import { nameOf, nightOf, type Night } from "../night.ts";
import { isGone, updateStep } from "../night-work.ts";
import type { NightAtWork, NightPlan, PlanContext, WorkStep } from "../plan.ts";
import { CALLS, CLUSTER_STEPS, POOL_STEPS, RELEASE_STEPS } from "../times.ts";
import { anotherNight } from "./refusal.ts";
import { forgetLost, takeClustersOut } from "./forget.ts";

/** The cluster is gone, or its pool, and the data lives. */

/** The plan of the night. @throws Error in a sentence if it is not this night. */
export function clusterPlan({ facts, open }: PlanContext): NightPlan {
  const night = nightOf(facts);
  if (open === undefined && (night.word !== "night" || night.part !== "cluster"))
    throw new Error(refusalOf(night, facts));
  // What an interrupted night has taken out is in no fact any more.
  const isWhole = open === undefined ? isGone(facts, "cluster") : open.choice?.["lost"] !== "pool";
  const lost = facts.things.filter(
    ({ kind, presence }) => ["cluster", "pool"].includes(kind) && presence.word === "gone",
  );
  return {
    part: "cluster",
    choice: { lost: isWhole ? "cluster" : "pool" },
    untouched: isWhole
      ? "Postgres, Valkey, tunnel, DNS, buckets"
      : "control plane, Postgres, Valkey, tunnel, DNS, buckets",
    lost: "nothing",
    cost: "as before",
    steps: isWhole
      ? [
          noConnector,
          takenOut(lost),
          updateStep([...CLUSTER_STEPS, ...POOL_STEPS, ...RELEASE_STEPS]),
        ]
      : [takenOut(lost), updateStep(POOL_STEPS)],
  };
}

function refusalOf(night: Night, { things }: Facts): string {
  const cluster = things.find(({ kind }) => kind === "cluster");
  const api = things.find(({ kind }) => kind === "api");
  const isOutage = cluster?.presence.word === "there" && api?.presence.word === "unknown";
  if (night.word === "wait" && isOutage)
    return [
      `The cluster ${cluster.name} is there (DigitalOcean says ${cluster.presence.value}), but its API does not answer: ${api.presence.reason}.`,
      "That is an outage, not a loss. Nothing was changed.",
      ...night.toDo.map((line) => `  ${line}`),
    ].join("\n");
  if (night.word !== "nothing") return anotherNight(night);
  return `${cluster === undefined ? "The state holds no cluster" : `The ${nameOf(cluster)} is there`}. ${night.why} Nothing was changed.`;
}

/** Questions to Cloudflare in a minute, and the pause between, milliseconds. */
const TRIES = 30;
const PAUSE_MS = 2_000;

/** A cluster that DigitalOcean calls gone may not serve: its connectors would answer visitors. */
const noConnector: WorkStep = {
  key: "connectors",
  lines: [CALLS.noConnector],
  run: async ({ options, world }: NightAtWork) => {
    const { stack, cwd, oldWorldIsDead } = options;
    const text = await world.pulumi(cwd)(["stack", "export", "--stack", stack]);
    const { resources = [] } = readExport(text).deployment;
    if (!resources.some(({ type }) => type === TUNNEL)) return;
    const clouds = await world.clouds();
    const tunnel = tunnelOf(resources, stack);
    for (let tries = 0; ; tries += 1) {
      const connected = await ask(() => tunnel.connected(clouds), clouds.patience);
      if (connected.kind !== "value")
        throw new Error(
          `Whether a connector of the old cluster is connected is not known: ${reasonOf(connected)}. Nothing was changed. Run this again.`,
        );
      if (connected.value.length === 0 || oldWorldIsDead) return;
      if (tries >= TRIES)
        throw new Error(
          `The cluster is gone, and yet a connector serves from ${[...new Set(connected.value)].join(", ")}. Nothing was changed. If that is not your server: npm run recover -- fence. If it is certain that it serves nobody, add --old-world-is-dead.`,
        );
      await world.wait(PAUSE_MS);
    }
  },
};

function takenOut(lost: readonly Seen[]): WorkStep {
  return {
    key: "taken-out",
    lines: [CALLS.takenOut],
    run: async (night) => {
      if (lost.some(({ kind }) => kind === "cluster")) await takeClustersOut(night);
      await forgetLost(
        lost.map(({ place }) => place),
        night,
      );
    },
  };
}
