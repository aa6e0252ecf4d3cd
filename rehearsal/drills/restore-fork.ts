import { adoptCluster } from "../../ops/restore/adopt-cluster.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { DATABASE } from "../clouds/digitalocean/database-address.ts";
import {
  forkInPanel,
  keepPointInTime,
  type PointInTime,
} from "../clouds/digitalocean/database-forks.ts";
import { databaseCluster } from "../clouds/digitalocean/databases.ts";
import type { CloudObject } from "../clouds/cloud-object.ts";
import { nameOf, type Operation } from "../engine/operation.ts";
import type { Phase } from "../phases.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { countsOf, succeeded, type Findings } from "./drill.ts";
import { queryAsWeb } from "./live.ts";
import { configOf } from "../../ops/stack-file/place.ts";
import { asClouds, placeOf } from "./restore-dump.ts";
import { sameContent, type PhaseOf, type Restored } from "./restore-content.ts";

const FORMER = ["config", "mastodon:postgres", "former"];

/** Wrong rows go away by a fork of an earlier moment. The way back is gone, and come again. */
export function forkPhases(phase: PhaseOf, findings: Findings, shared: Restored): Phase[] {
  const night: { moment?: PointInTime } = {};
  const up = async (rehearsal: Rehearsal): Promise<Operation> =>
    succeeded(findings, await rehearsal.stack.up({ refresh: true }));
  const former = async (rehearsal: Rehearsal, fate: string): Promise<Operation> => {
    await rehearsal.stack.editConfig((file) => file.setIn(FORMER, fate));
    return await up(rehearsal);
  };
  return [
    phase("rows are spoiled", async (rehearsal) => {
      const [serving] = postgresOf(rehearsal);
      night.moment = await keepPointInTime(rehearsal.world, serving!);
      await queryAsWeb(rehearsal, "UPDATE statuses SET text = 'spoiled' WHERE id % 2 = 0");
      return "every second post";
    }),
    phase("a fork is taken over", async (rehearsal) => {
      const { id } = await forkInPanel(rehearsal.world, databaseCluster, night.moment!);
      const config = await configOf(placeOf(rehearsal));
      const file = rehearsal.stack.stackFile;
      const { well, said } = await asClouds(rehearsal, async (clouds) => {
        await adoptCluster({ id, config, file, former: "keep" }, clouds);
      });
      if (!well) throw new Error(said);
      const done = await up(rehearsal);
      const deleted = done.steps.filter(({ op }) => /delete|replace/u.test(op));
      findings.checks.push(
        ...(await sameContent(rehearsal, shared, "with the fork")),
        checkOf(
          "a fork is imported with its database and roles, and none of the clouds' databases is replaced",
          [
            ...["cluster", "database", "application", "streaming", "backup"]
              .map((part) => `postgres-3-${part}`)
              .filter((name) =>
                done.steps.every(({ op, urn }) => op !== "import" || nameOf(urn) !== name),
              )
              .map((name) => `${name} was not imported`),
            ...deleted
              .filter(({ urn }) => /databaseCluster|databaseDb|databaseUser/u.test(urn))
              .map(({ op, urn }) => `${op} ${nameOf(urn)}`),
            ...(postgresOf(rehearsal).length === 2 ? [] : ["there are not two clusters"]),
          ],
          `${countsOf(done)}; two clusters stand`,
        ),
        await admitsCheck(rehearsal, "postgres-2", false),
      );
      return countsOf(done);
    }),
    phase("the way back", async (rehearsal) => {
      const done = await former(rehearsal, "serve");
      const spoiled = await queryAsWeb(
        rehearsal,
        "SELECT count(*) > 0 FROM statuses WHERE text = 'spoiled'",
      );
      findings.checks.push(
        checkOf(
          "on the way back the former cluster serves with its own rows, and the newer one stays",
          [
            ...(spoiled === "t" ? [] : ["the rows are not those of the former cluster"]),
            ...(postgresOf(rehearsal).length === 2 ? [] : ["a cluster is gone"]),
          ],
          "its spoiled rows are back",
        ),
        await admitsCheck(rehearsal, "postgres-2", true),
        await admitsCheck(rehearsal, "fork", false),
      );
      return countsOf(done);
    }),
    phase("forward again", async (rehearsal) => {
      const done = await former(rehearsal, "keep");
      findings.checks.push(...(await sameContent(rehearsal, shared, "forward again")));
      return countsOf(done);
    }),
    phase("the former one is let go", async (rehearsal) => {
      const done = await former(rehearsal, "release");
      const held = (await rehearsal.stack.resources()).filter(({ urn }) =>
        /::postgres-2(-|$)/u.test(urn),
      );
      findings.checks.push(
        checkOf(
          "a cluster that is let go leaves the state, and stays at DigitalOcean with its rows",
          [
            ...held.map(({ urn }) => `${nameOf(urn)} is in the state`),
            ...(postgresOf(rehearsal).length === 2 ? [] : ["a cluster is gone"]),
          ],
          `${countsOf(done)}; two clusters at DigitalOcean`,
        ),
      );
      return countsOf(done);
    }),
  ];
}

/** Postgres clusters at DigitalOcean, the oldest first. */
function postgresOf({ world }: Rehearsal): readonly CloudObject[] {
  return world.find(DATABASE, ({ engine }) => engine === "pg");
}

/** Whether the trusted sources of the cluster with this in its name are the nodes. */
async function admitsCheck(rehearsal: Rehearsal, part: string, admits: boolean): Promise<Check> {
  const cluster = postgresOf(rehearsal).find(({ properties }) =>
    String(properties["name"]).includes(part),
  );
  const rules = rehearsal.world
    .find("digitalocean:index/databaseFirewall:DatabaseFirewall")
    .filter(({ properties }) => properties["clusterId"] === cluster?.id)
    .flatMap(({ properties }) => properties["rules"] as readonly { readonly type: string }[]);
  const right = rules.length === 1 && (rules[0]?.type === "tag") === admits;
  return checkOf(
    `the cluster ${part} admits ${admits ? "the nodes" : "nobody"}`,
    right ? [] : [`its rules are ${JSON.stringify(rules)}`],
    JSON.stringify(rules.map(({ type }) => type)),
  );
}
