import { adoptCluster } from "../../restore/adopt-cluster.ts";
import { stopSidekiq } from "../../restore/prepare.ts";
import { changeStackFile } from "../../restore/stack-file.ts";
import type { Seen } from "../facts.ts";
import { configOf, stackFileOf } from "../../stack-file/place.ts";
import { nightOf } from "../night.ts";
import { checkStep, updateStep } from "../night-work.ts";
import type { NightPlan, PlanContext } from "../plan.ts";
import { CALLS, DATABASE_STEPS, RELEASE_STEPS, SIDEKIQ_STEPS } from "../times.ts";
import { ageOf } from "../words.ts";
import { forgetLost } from "./forget.ts";
import { dumpPlan } from "./dump.ts";
import { anotherNight } from "./refusal.ts";
import { leftAfter, startSidekiq } from "./stack-file.ts";

/** A database is gone, or holds the wrong rows. */

/** The plan of the night. @throws Error in a sentence if it is not this night. */
export async function databasePlan(context: PlanContext): Promise<NightPlan> {
  const { facts, options, open } = context;
  const cluster = options.cluster ?? open?.choice?.["cluster"];
  const night = nightOf(facts);
  if (cluster !== undefined) {
    refuseWithoutState(context);
    return takeOver(cluster, context);
  }
  const lost = facts.things.filter(
    ({ kind, presence }) => ["postgres", "valkey"].includes(kind) && presence.word === "gone",
  );
  if (options.dump !== undefined || open?.choice?.["dump"] !== undefined) {
    refuseWithoutState(context);
    return await dumpPlan("database", context);
  }
  if (open === undefined && (night.word !== "night" || night.part !== "database"))
    throw new Error(night.word === "nothing" ? waysOf(context) : anotherNight(night));
  if (lost.some(({ kind }) => kind === "postgres")) return await dumpPlan("database", context);
  return valkeyPlan(lost);
}

/** A choice of the operator's is no diagnosis: the state must be whole, and nobody at work. */
function refuseWithoutState({ facts, open }: PlanContext): void {
  const { state } = facts;
  if (open === undefined && (state.word !== "there" || state.pending + state.locks.length > 0))
    throw new Error(anotherNight(nightOf(facts)));
}

/** Valkey alone: jobs and feeds are lost, the data is not. */
function valkeyPlan(lost: readonly Seen[]): NightPlan {
  return {
    part: "database",
    untouched: "cluster, Postgres, tunnel, DNS, buckets",
    lost: "jobs that waited, posts that were scheduled in it, and feeds, which are built again",
    cost: "as before",
    left: ["  Feeds of people who are away: npm run tootctl -- feeds build --all"],
    steps: [
      {
        key: "taken-out",
        lines: [CALLS.takenOut],
        run: async (night) => {
          await forgetLost(
            lost.map(({ place }) => place),
            night,
          );
        },
      },
      updateStep([...DATABASE_STEPS, ...RELEASE_STEPS]),
    ],
  };
}

/** A cluster that DigitalOcean made, of a moment before the mistake or the loss. */
function takeOver(id: string, { facts, options: { stack } }: PlanContext): NightPlan {
  const isThere = facts.things.some(
    ({ kind, presence }) => kind === "postgres" && presence.word === "there",
  );
  return {
    part: "database",
    choice: { cluster: id },
    untouched:
      "cluster, Valkey, tunnel, DNS, buckets; the former database stays, and admits nobody",
    lost: "what was written after the moment of that cluster. Copies of posts on other servers stay",
    cost: "that of one more database, until the former one is let go",
    left: leftAfter(stack, isThere),
    steps: [
      {
        key: "origin",
        lines: [CALLS.origin],
        run: async ({ options, world }) => {
          const config = await configOf(options);
          const file = stackFileOf(options);
          await changeStackFile(file, stopSidekiq);
          if (config.postgres.origin?.cluster?.id === id) return;
          // One that is gone can't stay beside the new one.
          const former = isThere ? "keep" : "release";
          await adoptCluster({ id, config, file, former }, await world.clouds());
        },
      },
      updateStep(RELEASE_STEPS),
      checkStep,
      startSidekiq,
      updateStep(SIDEKIQ_STEPS, "up-sidekiq"),
    ],
  };
}

/** The ways back of a database that is there, freshest first. */
function waysOf({ facts, world }: PlanContext): string {
  const postgres = facts.things.find(({ kind }) => kind === "postgres");
  const lines = facts.ways.flatMap((way) =>
    way.word === "there"
      ? [`     (its newest whole backup is ${ageOf(way.value.until, world.now())})`]
      : [],
  );
  return [
    `Postgres ${postgres?.name ?? ""} is there. Nothing was changed. If its rows are wrong, freshest way first:`,
    "  1. Point in time, seconds are lost: in the control panel, fork it to the minute before",
    `     https://cloud.digitalocean.com/databases/${postgres?.id ?? ""}`,
    ...lines,
    "     When it is online: npm run rebuild -- database --cluster ID",
    "  2. The newest dump: npm run rebuild -- database --dump newest",
    "  3. Only single accounts: docs/bad-night.md names the line; the server stays up.",
  ].join("\n");
}
