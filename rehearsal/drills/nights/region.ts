import { parseConfig } from "../../../input/parse.ts";
import { readStackFile } from "../../../plan/stack-file.ts";
import { VPC } from "../../clouds/digitalocean/vpc.ts";
import { DATABASE } from "../../clouds/digitalocean/database-address.ts";
import { removeDatabase } from "../../clouds/digitalocean/databases.ts";
import { CLUSTER } from "../../clouds/digitalocean/doks.ts";
import { tag } from "../../clouds/digitalocean/tags.ts";
import { cutRegion } from "../../clouds/region-outage.ts";
import { ServingWorld, visit } from "../fence-worlds.ts";
import { powerOf, wordsOf, type Power } from "../fence-power.ts";
import { onlyCluster } from "../live.ts";
import { endElsewhere, type OldWorld } from "./elsewhere.ts";
import type { Night } from "./night.ts";
import type { Operator } from "./operator.ts";

/** The night of a region that is down, and answers again the next day. */

const { region: FROM } = parseConfig(readStackFile());
/** The region of `docs/bad-night.md`. */
const TO = "ams3";

export const regionDown: Night = {
  number: 9,
  title: "the region is down, and comes back the next day",
  run: async (operator) => {
    const { rehearsal } = operator;
    const ending = await endElsewhere(operator, async (old) => {
      await old.world.enqueue(["first", "second"]);
      const answersAgain = cutRegion(rehearsal.world, FROM);
      const { said } = await operator.rebuild();
      operator.check(
        "an outage is no loss: the command alone waits, and names the line for a lost region",
        [
          ...(/This is the night/u.test(said) ? [said] : []),
          ...(/region is lost: npm run rebuild -- region/u.test(said) ? [] : [said]),
        ],
        said.split("\n").find((line) => line.startsWith("Not known")) ?? "",
      );
      await operator.rebuilt("region", "--to", TO);
      const serving = await ServingWorld.of(rehearsal, onlyCluster(rehearsal), "new", "198.51.100");
      try {
        answersAgain();
        await nextDay(operator, old, serving);
      } finally {
        await serving.close();
      }
    });
    return {
      ...ending,
      decided: `only DigitalOcean can say that a region is lost; then all of it is made in ${TO}`,
    };
  },
};

/** The region answers again, with a cluster that has the credentials of before. */
async function nextDay(
  operator: Operator,
  { world: old, cluster: oldCluster, before }: OldWorld,
  made: ServingWorld,
): Promise<void> {
  const { rehearsal } = operator;
  const { world } = rehearsal;
  made.connect();
  const power = await powerOf(rehearsal, oldCluster, old);
  const asked = await visit(rehearsal, [old, made]);
  await made.enqueue(["third", "fourth"]);
  await old.work();
  await made.work();
  operator.check(
    "the old cluster that wakes up serves no request, reaches no media and no job of the new one",
    [
      ...powerlessIn(power, before),
      ...(old.requests === 0 ? [] : [`${old.requests} requests`]),
      ...(made.requests === asked.sent ? [] : [`the new one: ${made.requests} requests`]),
      ...(made.delivered.join() === "third,fourth" ? [] : [`jobs: ${made.delivered.join()}`]),
    ],
    `${wordsOf(power)}; 0 of ${asked.sent} requests`,
  );
  operator.check(
    "until it is deleted, the old cluster works off the jobs of its own queue, and only those",
    old.delivered.join() === "first,second" ? [] : [`jobs: ${old.delivered.join() || "none"}`],
    `${old.delivered.length} jobs of before the night, which the new one does not have`,
  );
  const { said } = await operator.rebuild(["orphans"]);
  const billed = [CLUSTER, DATABASE].flatMap((type) =>
    world.find(type, ({ region }) => region === FROM).map(({ id }) => id),
  );
  operator.check(
    "what is left in the old region is shown with its price",
    [
      ...billed.filter((id) => !said.includes(id)),
      ...(/Together \$[\d.]+ a month/u.test(said) ? [] : [said]),
    ],
    said.split("\n").find((line) => line.startsWith("Together")) ?? "",
  );
  await operator.rebuild(["orphans", "--delete", oldCluster]);
  await letGo(operator, said);
}

/** Types each line that the list names for what the command does not delete. */
async function letGo(operator: Operator, said: string): Promise<void> {
  const { world } = operator.rehearsal;
  for (const { 0: line, groups } of said.matchAll(LINES)) {
    const { kind = "", id = "" } = groups ?? {};
    await operator.types(line, async () => {
      const thing = world.get(TYPES[kind] ?? "", id);
      if (thing === undefined) throw new Error(`There is nothing for ${line}.`);
      if (thing.type === DATABASE) await removeDatabase(world, thing);
      world.remove(thing);
    });
  }
}

/** Lines that the list names, and the types that they delete. */
const LINES = /doctl (?<kind>databases|vpcs|compute tag) delete (?<id>[\w-]+)/gu;
const TYPES: Readonly<Record<string, string>> = {
  databases: DATABASE,
  vpcs: VPC,
  "compute tag": tag.type,
};

/** Complaints about a cluster with access to anything of the new world. */
function powerlessIn({ connectors, media, databases }: Power, before: Power): readonly string[] {
  return [
    // Its own ones, in its own region, are left behind with it.
    ...(databases <= before.databases ? [] : [`admitted by ${databases} databases`]),
    ...(connectors === 0 ? [] : [`${connectors} connectors let in`]),
    ...(media ? ["its media key is accepted"] : []),
  ];
}
