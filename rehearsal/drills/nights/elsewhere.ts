import { postgresNameOf } from "../../../domain/database-clusters.ts";
import type { Running } from "../../../domain/deployed-state.ts";
import { nameOf } from "../../engine/operation.ts";
import { runBackup } from "../backup/run.ts";
import { saidBy } from "../job-run.ts";
import type { Operator } from "./operator.ts";
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

/**
 * Protected things that the night makes a second time: the network, Valkey, and Postgres under its
 * next number. Tunnel and buckets are not among them. To be called before the night.
 */
export async function madeElsewhere({ rehearsal: { stack } }: Operator): Promise<Lost> {
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
