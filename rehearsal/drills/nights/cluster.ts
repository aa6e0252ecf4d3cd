import { loseCluster, losePool } from "../../clouds/mishaps.ts";
import { TUNNEL } from "../../clouds/cloudflare/tunnel.ts";
import { RECORD } from "../../clouds/cloudflare/dns.ts";
import { DATABASE } from "../../clouds/digitalocean/database-address.ts";
import type { World } from "../../clouds/world.ts";
import { jobsOf } from "../move-checks.ts";
import type { Night } from "./night.ts";

/** Nights in which the cluster or its machines are lost, and the data lives. */

const STOPPED =
  /unreachable cluster|cluster is unreachable|no such host|ECONNREFUSED|connection refused/u;

/** The cluster was deleted without the stack. */
const deleted: Night = {
  number: 1,
  title: "the cluster is deleted",
  run: async (operator) => {
    const { world } = operator.rehearsal;
    const before = untouchedIn(world);
    await loseCluster(world);
    const refused = await operator.deploy();
    operator.check(
      "a cluster that does not answer stops the deploy",
      refused.failure === undefined ? ["the update went on"] : [],
      refused.diagnostics.find((line) => STOPPED.test(line))?.slice(0, 160) ?? "refused",
    );
    const { well, said } = await operator.recover("cluster", "--yes");
    if (!well) throw new Error(said);
    await operator.up();
    const after = untouchedIn(world);
    operator.check(
      "tunnel, records and databases are the ones of before",
      [...before].filter((thing) => !after.includes(thing)),
      `${before.length} things`,
    );
    return {
      lost: "nothing",
      decided: "DigitalOcean answered 404, twice, to a token of the account",
    };
  },
};

function untouchedIn(world: World): readonly string[] {
  return [TUNNEL, RECORD, DATABASE].flatMap((type) =>
    world
      .find(type)
      .map(({ id, properties }) => `${type} ${id} ${JSON.stringify(properties["content"] ?? "")}`),
  );
}

/** The machines of the workloads are gone, with their pool. */
const poolGone: Night = {
  number: 3,
  title: "the node pool is gone",
  run: async (operator) => {
    const { rehearsal } = operator;
    const jobs = await jobsOf(rehearsal);
    await losePool(rehearsal.world);
    const refused = await operator.deploy();
    const said = [refused.failure ?? "", ...refused.diagnostics].join("\n");
    operator.check(
      "no deploy makes a second pool before a person says so, and the message names the line",
      [
        ...(refused.failure === undefined ? ["the update went on"] : []),
        ...(said.includes(ANEW) ? [] : [said.slice(0, 500)]),
      ],
      `pulumi config set ${ANEW}`,
    );
    await operator.pulumi("config", "set", ...ANEW.split(" "));
    await operator.up();
    const after = await jobsOf(rehearsal);
    operator.check(
      "no Job ran a second time",
      [...after].filter((job) => !jobs.has(job)),
      `${jobs.size} Jobs as they were`,
    );
    return {
      lost: "nothing",
      decided: "the pool and its successor can't both serve: a person says it is gone",
    };
  },
};

/** The line that permits another pool. */
const ANEW = "--path mastodon:anew.cluster-workloads 1";

/** Nights of the cluster. */
export const CLUSTER_NIGHTS: readonly Night[] = [deleted, poolGone];
