import { postgresNameOf } from "../../../domain/database-clusters.ts";
import type { Running } from "../../../domain/deployed-state.ts";
import { nameOf } from "../../engine/operation.ts";
import { runBackup } from "../backup/run.ts";
import { powerful, powerOf, wordsOf, type Power } from "../fence-power.ts";
import { ServingWorld } from "../fence-worlds.ts";
import { saidBy } from "../job-run.ts";
import { onlyCluster } from "../live.ts";
import type { Ending } from "./night.ts";
import type { Operator } from "./operator.ts";
import { feedsAgain, waiting } from "./valkey.ts";
import type { Lost } from "./well-again.ts";

/** Nights that end in another place, with the data of a dump. */

/** Makes a dump with the live CronJob. Nobody writes a row after it. */
export async function dumpBefore(operator: Operator): Promise<void> {
  const dumped = await runBackup(operator.rehearsal);
  operator.check(
    "the live CronJob dumps the database before the night",
    dumped.manifest === undefined ? [saidBy(dumped)] : [],
    `${dumped.manifest?.bytes} bytes`,
  );
}

/** The world that a night leaves behind. */
export interface OldWorld {
  readonly world: ServingWorld;
  /** Id of its cluster. */
  readonly cluster: string;
  /** Its power before the night. */
  readonly before: Power;
}

/**
 * Runs a night that ends in another place. Before it, there are a dump and a server that serves.
 * After it, the jobs in Valkey are lost.
 */
export async function endElsewhere(
  operator: Operator,
  night: (old: OldWorld) => Promise<void>,
): Promise<Pick<Ending, "lost" | "differs">> {
  const { rehearsal } = operator;
  await dumpBefore(operator);
  const made = await madeElsewhere(operator);
  const waited = await waiting(operator);
  const cluster = onlyCluster(rehearsal);
  const world = await ServingWorld.of(rehearsal, cluster, "old", "203.0.113");
  try {
    const before = await powerOf(rehearsal, cluster, world);
    operator.check("the old cluster serves before the night", powerful(before), wordsOf(before));
    await night({ world, cluster, before });
  } finally {
    await world.close();
  }
  const { lost, differs } = await feedsAgain(operator, waited);
  return {
    lost: `what was written after the dump: here nothing; ${lost}`,
    differs: { ...differs, ...made },
  };
}

/**
 * Protected things that the night makes a second time: the network, Valkey, and Postgres under its
 * next number. Tunnel and buckets are not among them. To be called before the night.
 */
async function madeElsewhere({ rehearsal: { stack } }: Operator): Promise<Lost> {
  const { data } = (await stack.outputs())["running"] as Running;
  const next = postgresNameOf((data.number ?? 1) + 1);
  // A former one may be kept beside it, and stays behind, too.
  const before = (await stack.resources())
    .filter(({ protect }) => protect === true)
    .map(({ urn }) => nameOf(urn))
    .filter((name) => name.startsWith("postgres-"));
  const made = ["cluster", "application", "database"].map((part) => `${next}-${part}`);
  return { replaced: ["network-vpc", "valkey-cluster", ...before, ...made] };
}
