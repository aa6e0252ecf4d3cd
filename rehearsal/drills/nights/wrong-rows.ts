import { DATABASE } from "../../clouds/digitalocean/database-address.ts";
import { forkInPanel, keepPointInTime } from "../../clouds/digitalocean/database-forks.ts";
import { databaseCluster } from "../../clouds/digitalocean/databases.ts";
import { FIREWALL } from "../../clouds/digitalocean/database-firewall.ts";
import { deleteDatabase } from "../../clouds/mishaps.ts";
import type { CloudObject } from "../../clouds/cloud-object.ts";
import { postgresNameOf } from "../../../domain/database-clusters.ts";
import { nameOf } from "../../engine/operation.ts";
import type { Rehearsal } from "../../rehearsal.ts";
import { queryAsWeb } from "../live.ts";
import { partsOfDatabases, servingNumber } from "./database-names.ts";
import type { Night } from "./night.ts";
import type { Operator } from "./operator.ts";

/** Types that hold members' data, or the way to it. */
const HOLDS_DATA = /databaseCluster|databaseDb|databaseUser/u;

/** Rows are wrong since some minute. A fork of the minute before serves in their place. */
const wrongRows: Night = {
  number: 6,
  title: "rows are wrong since 02:10",
  run: async (operator) => {
    const { rehearsal } = operator;
    const { world } = rehearsal;
    const [former] = postgresIn(rehearsal);
    if (former === undefined) throw new Error("There is no database in this world.");
    const number = await servingNumber(rehearsal);
    const moment = await keepPointInTime(world, former);
    await queryAsWeb(rehearsal, "UPDATE statuses SET text = 'spoiled' WHERE id % 2 = 0");
    const { said } = await operator.rebuild(["database"]);
    operator.check(
      "the command names the freshest way first, with the page to fork on, and changes nothing",
      [
        "Nothing was changed",
        `https://cloud.digitalocean.com/databases/${former.id}`,
        "npm run rebuild -- database --cluster ID",
      ]
        .filter((words) => !said.includes(words))
        .map((words) => `not said: ${words}; but ${said}`),
      said.split("\n").find((line) => line.includes("1. ")) ?? "",
    );
    const fork = await forkInPanel(world, databaseCluster, moment);
    await operator.rebuilt("database", "--cluster", fork.id);
    takenOver(operator, number + 1);
    operator.check(
      "the former cluster stays, and admits nobody",
      admits(rehearsal, former, false),
      "its only source is none of the nodes",
    );
    return {
      lost: "what was written after 02:10: here only the wrong rows",
      decided: "DigitalOcean keeps each minute of seven days; the fork itself takes 5 to 30 min",
      differs: { replaced: partsOfDatabases(number, number + 1) },
    };
  },
};

/**
 * The fork was doubted: the former cluster serves once more, and then the fork again. The former
 * one is let go, and deleted by hand.
 */
const wayBack: Night = {
  number: 6,
  title: "the way back to the wrong rows, and forward again",
  run: async (operator) => {
    const { rehearsal } = operator;
    const { world, stack } = rehearsal;
    const number = await servingNumber(rehearsal);
    const [former, fork] = postgresIn(rehearsal);
    if (former === undefined || fork === undefined)
      throw new Error("There is no former database in this world.");
    await turned(operator, "serve");
    operator.check(
      "on the way back the former cluster serves with its own rows, and the fork admits nobody",
      [
        ...(await spoiledRows(rehearsal)),
        ...admits(rehearsal, former, true),
        ...admits(rehearsal, fork, false),
      ],
      "its spoiled rows are back",
    );
    await turned(operator, "keep");
    await turned(operator, "release");
    const held = new Set((await stack.resources()).map(({ urn }) => nameOf(urn)));
    operator.check(
      "a cluster that is let go leaves the state, and stays at DigitalOcean until a person deletes it",
      [
        ...partsOfDatabases(number - 1)
          .filter((name) => held.has(name))
          .map((name) => `${name} is in the state`),
        ...[former, fork]
          .filter(({ id }) => world.get(DATABASE, id) === undefined)
          .map(({ properties }) => `${String(properties["name"])} is gone`),
      ],
      `${postgresIn(rehearsal).length} clusters at DigitalOcean`,
    );
    await operator.types(`doctl databases delete ${former.id}`, () =>
      deleteDatabase(world, former.id),
    );
    return {
      lost: "nothing",
      decided: "both clusters stand, and a word in the stack file says which one serves",
      differs: { replaced: partsOfDatabases(number - 1, number) },
    };
  },
};

/** Nights of wrong rows. The second one needs what the first one leaves. */
export const WRONG_ROWS: readonly Night[] = [wrongRows, wayBack];

/** Complaints unless the former cluster's spoiled rows are read by web. */
async function spoiledRows(rehearsal: Rehearsal): Promise<readonly string[]> {
  const sql = "SELECT count(*) > 0 FROM statuses WHERE text = 'spoiled'";
  return (await queryAsWeb(rehearsal, sql)) === "t"
    ? []
    : ["the rows are not those of the former cluster"];
}

/** The fork is imported with all its parts, and nothing with data is replaced. */
function takenOver(operator: Operator, number: number): void {
  const steps = operator.updates.flatMap((update) => update.steps);
  const imported = new Set(steps.filter(({ op }) => op === "import").map(({ urn }) => nameOf(urn)));
  const wanted = ["cluster", "database", "application", "streaming", "backup"].map(
    (part) => `${postgresNameOf(number)}-${part}`,
  );
  operator.check(
    "a fork is imported with its database and roles, and none of the clouds' databases is replaced",
    [
      ...wanted.filter((name) => !imported.has(name)).map((name) => `${name} was not imported`),
      ...steps
        .filter(({ op, urn }) => /delete|replace/u.test(op) && HOLDS_DATA.test(urn))
        .map(({ op, urn }) => `${op} ${nameOf(urn)}`),
      ...(postgresIn(operator.rehearsal).length === 2 ? [] : ["there are not two clusters"]),
    ],
    `${wanted.length} imported; two clusters stand`,
  );
}

/** Sets the fate of the former cluster, and updates. */
async function turned(operator: Operator, fate: "serve" | "keep" | "release"): Promise<void> {
  await operator.pulumi("config", "set", "--path", "mastodon:postgres.former", fate);
  await operator.up();
}

/** Postgres clusters at DigitalOcean, the oldest first. */
function postgresIn({ world }: Rehearsal): readonly CloudObject[] {
  return world.find(DATABASE, ({ engine }) => engine === "pg");
}

/** Complaints unless the trusted sources of the cluster are the nodes, or nobody. */
function admits({ world }: Rehearsal, { id }: CloudObject, nodes: boolean): readonly string[] {
  const rules = world
    .find(FIREWALL, ({ clusterId }) => clusterId === id)
    .flatMap(({ properties }) => properties["rules"] as readonly { readonly type: string }[]);
  const isRight = rules.length === 1 && (rules[0]?.type === "tag") === nodes;
  return isRight ? [] : [`its trusted sources are ${JSON.stringify(rules)}`];
}
