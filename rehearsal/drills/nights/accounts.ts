import { partsOf } from "../../../domain/backup/names.ts";
import { NIGHTS as TIMES, totalOf } from "../../../ops/rebuild/times.ts";
import { DATABASE } from "../../clouds/digitalocean/database-address.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { runBackup } from "../backup/run.ts";
import { saidBy } from "../job-run.ts";
import { beside } from "../beside-command.ts";
import { queryAsWeb } from "../live.ts";
import type { Night } from "./night.ts";
import { differences, linesThatDiffer, podsThatRun, whatRuns } from "./what-runs.ts";

/** Nights of single members, in which the server serves all the while. */

/** The member whose rows are lost, of the living server. */
const MEMBER = { id: 101, name: "alice" };

/** A member's rows are deleted, and come back from a dump that stands beside the live database. */
const accountsGone: Night = {
  number: 7,
  title: "some accounts are gone",
  run: async (operator) => {
    const { rehearsal } = operator;
    const { id, name } = MEMBER;
    const yesterday = await runBackup(rehearsal);
    if (yesterday.manifest === undefined) throw new Error(saidBy(yesterday));
    const { stamp = "" } = partsOf(yesterday.manifest.object) ?? {};
    const before = {
      runs: await whatRuns(rehearsal),
      pods: await podsThatRun(rehearsal),
      live: await liveDatabase(rehearsal),
    };
    await queryAsWeb(
      rehearsal,
      `DELETE FROM statuses WHERE account_id = ${id}; DELETE FROM users WHERE account_id = ${id}; DELETE FROM accounts WHERE id = ${id}`,
    );
    await operator.beside(["load", stamp], "");
    const counted = await operator.beside(["bring", name], name);
    // Typed twice by mistake, it brings nothing more.
    const again = await beside(rehearsal, ["bring", name], name);
    await operator.beside(["drop"], "");
    operator.takes("a dump beside the live database", totalOf(TIMES.accounts));
    operator.check(
      "the loss is shown, and every row of the member comes back once",
      [
        ...(/^accounts +beside 1, live 0$/mu.test(counted) ? [] : ["the loss was not shown"]),
        ...uneven(counted),
        ...(again.well ? uneven(again.said) : [again.said]),
      ],
      counted.split("\n").find((line) => line.startsWith("users ")) ?? "",
    );
    operator.check(
      "the live database is the one of before, no pod is another one, and none began again",
      [
        ...differences(before.runs, await whatRuns(rehearsal)),
        ...linesThatDiffer(before.pods, await podsThatRun(rehearsal)),
        ...linesThatDiffer(before.live, await liveDatabase(rehearsal)),
      ],
      `${before.pods.length} pods; ${before.live.join(", ")}`,
    );
    return {
      lost: "what these members wrote after the dump: here nothing",
      decided: "rows are copied from a second database, so nothing stops",
    };
  },
};

/** Tables whose newest count differs between the two databases, a line each. */
function uneven(said: string): readonly string[] {
  const counts = new Map<string, string>();
  for (const [line, table = "", beside, live] of said.matchAll(
    /^(\w+) +beside (\d+), live (\d+)$/gmu,
  ))
    counts.set(table, beside === live ? "" : line);
  return counts.size === 0 ? [said] : [...counts.values()].filter((line) => line !== "");
}

/** Identity of the live database and of its files, a line each. One that is replaced has others. */
async function liveDatabase({ databases, world }: Rehearsal): Promise<readonly string[]> {
  const [row] = await databases.asAgent(
    "SELECT (SELECT oid FROM pg_database WHERE datname = 'mastodon') AS database, pg_relation_filenode('accounts') AS accounts, pg_relation_filenode('statuses') AS statuses, (SELECT count(*) FROM pg_database) AS databases",
  );
  return [
    ...world.find(DATABASE).map(({ id }) => `cluster ${id}`),
    ...Object.entries(row ?? {}).map(([what, number]) => `${what} ${String(number)}`),
  ];
}

/** Nights of single members. */
export const ACCOUNT_NIGHTS: readonly Night[] = [accountsGone];
