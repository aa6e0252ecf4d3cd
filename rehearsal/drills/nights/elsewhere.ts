import { postgresNameOf } from "../../../domain/database-clusters.ts";
import type { Running } from "../../../domain/deployed-state.ts";
import { backupKeys, runBackup, saidBy } from "../backup/run.ts";
import type { Operator } from "./operator.ts";
import type { Lost } from "./well-again.ts";

/** Nights that end in another place, with the data of a dump. */

/** Makes a dump with the live CronJob, unless one is there. No night writes a row after it. */
export async function dumpAtHand(operator: Operator): Promise<void> {
  const { rehearsal } = operator;
  if (backupKeys(rehearsal).length > 0) return;
  const dumped = await runBackup(rehearsal);
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
export async function madeElsewhere({ rehearsal }: Operator): Promise<Lost> {
  const { data } = (await rehearsal.stack.outputs())["running"] as Running;
  const { number = 1 } = data;
  const databases = [number, number + 1].flatMap((each) =>
    ["cluster", "application", "database"].map((part) => `${postgresNameOf(each)}-${part}`),
  );
  return { replaced: ["network-vpc", "valkey-cluster", ...databases] };
}
