import { loseValkey } from "../../clouds/mishaps.ts";
import { buildFeeds, withValkey } from "./living.ts";
import type { Ending, Night } from "./night.ts";
import type { Operator } from "./operator.ts";
import { refusedAnew } from "./refused-anew.ts";

/** Nights of Valkey. Its jobs exist nowhere else; its feeds are built again from the rows. */

const emptied: Night = {
  number: 8,
  title: "Valkey is emptied",
  run: async (operator) => {
    const waited = await waiting(operator);
    await withValkey(operator.rehearsal, async (valkey) => await valkey.flushall());
    return await feedsAgain(operator, waited);
  },
};

const deleted: Night = {
  number: 8,
  title: "Valkey is deleted",
  run: async (operator) => {
    const waited = await waiting(operator);
    await loseValkey(operator.rehearsal.world);
    await refusedAnew(operator, "valkey-cluster");
    await operator.rebuilt("database");
    const ending = await feedsAgain(operator, waited);
    return { ...ending, differs: { ...ending.differs, replaced: ["valkey-cluster"] } };
  },
};

/** Names of the jobs that wait, by class. */
export async function waiting({ rehearsal }: Operator): Promise<readonly string[]> {
  return await withValkey(rehearsal, async (valkey) => {
    const jobs = [
      ...(await valkey.lrange("queue:default", 0, -1)),
      ...(await valkey.zrange("schedule", "0", "-1")),
    ];
    return jobs.map((job) => (JSON.parse(job) as { readonly class: string }).class);
  });
}

/** The feeds are built again while web serves. */
export async function feedsAgain(operator: Operator, waited: readonly string[]): Promise<Ending> {
  // kwok runs no tootctl, so its effect is played.
  await operator.types("npm run tootctl -- feeds build --all", async () => {
    await withValkey(operator.rehearsal, buildFeeds);
  });
  const counts = new Map<string, number>();
  for (const name of waited) counts.set(name, (counts.get(name) ?? 0) + 1);
  return {
    lost: [...counts].map(([name, count]) => `${count} ${name}`).join(", "),
    decided: "jobs exist in Valkey alone; feeds are built from the rows",
    differs: { jobs: true },
  };
}

/** Nights of Valkey. */
export const VALKEY_NIGHTS: readonly Night[] = [emptied, deleted];
