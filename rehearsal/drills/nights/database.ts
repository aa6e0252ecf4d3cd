import { partsOf } from "../../../domain/images.ts";
import { runStack } from "../../../index.ts";
import { DATABASE } from "../../clouds/digitalocean/database-address.ts";
import { hideDatabase } from "../../clouds/mishaps.ts";
import { nameOf } from "../../engine/operation.ts";
import { DRILLED } from "../../releases.ts";
import { imagesOf } from "../release-steps.ts";
import type { Night } from "./night.ts";
import type { Operator } from "./operator.ts";
import { LIVED, refusalFaults, saidBy, stepsBeside } from "./refusals.ts";
import { differences, whatRuns } from "./what-runs.ts";

/** Nights of a database that is missing or looks empty. No update may start an empty server. */

const AFTER = imagesOf(DRILLED.after);
const STEP = "migrate-pre-deployment";
const CLUSTER = "postgres-cluster";

/**
 * A merge is deployed while DigitalOcean answers 404 for the database. Preview and update refuse,
 * and change nothing. The refresh has taken the database out of the state, so it is adopted.
 */
const hidden: Night = {
  number: 4,
  title: "the database is not found, and a merge is deployed",
  run: async (operator) => {
    const show = hideDatabase(operator.rehearsal.world);
    await refusedMerge(operator);
    show();
    await operator.rebuilt("state");
    return {
      lost: "nothing",
      decided: "`doctl databases list` shows it again, so it is adopted by its id",
    };
  },
};

/** Deploys a merge, which must be refused, and takes the merge back. */
export async function refusedMerge(operator: Operator): Promise<void> {
  const { rehearsal } = operator;
  const { stack, world } = rehearsal;
  const before = await whatRuns(rehearsal);
  const blocked = ["config", "mastodon:cloudflare", "blockedAddresses"];
  const threads = ["config", "mastodon:web", "threads"];
  let written: unknown;
  await stack.editConfig((file) => {
    written = file.getIn(threads);
    file.setIn(blocked, ["192.0.2.0/24"]);
    file.setIn(threads, 7);
  });
  for (const refused of [await operator.preview(), await operator.deploy()])
    operator.check(
      `${refused.kind} --refresh refuses, and says since when the server lives`,
      [
        ...refusalFaults(refused, /postgres-cluster would be made anew and empty, but/u, LIVED),
        // The refused create is also reported as a step.
        ...stepsBeside(refused, CLUSTER),
      ],
      `${saidBy(refused, LIVED)}, after ${refused.seconds.toFixed(1)} s`,
    );
  const made = world.find(DATABASE, ({ engine }) => engine === "pg").length;
  operator.check(
    "no database is made, and nothing in the cluster is changed",
    [
      ...(made === 0 ? [] : [`${made} Postgres were made`]),
      ...differences(before, await whatRuns(rehearsal)),
    ],
    `${before.size} Jobs and Deployments as they were`,
  );
  await stack.editConfig((file) => {
    file.deleteIn(blocked);
    if (written === undefined) file.deleteIn(threads);
    else file.setIn(threads, written);
  });
}

/** A database that looks empty gets no schema. Once its data is back, the release continues. */
const empty: Night = {
  number: 5,
  title: "the database answers, but is empty",
  run: async (operator) => {
    const { stack, databases } = operator.rehearsal;
    stack.deploy(() => runStack(AFTER));
    await databases.hideMastodon();
    const refused = await operator.deploy();
    const [tables] = await databases.asAgent(
      "SELECT count(*)::int AS number FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    );
    await databases.showMastodon();
    operator.check(
      "a release stops before the schema, and says since when the server lives",
      [
        ...refusalFaults(refused, /The database is empty, but/u, LIVED),
        ...refused.steps
          .filter(({ failed, urn }) => failed && nameOf(urn) !== STEP)
          .map(({ urn }) => `it stopped at ${nameOf(urn)}`),
        ...(tables?.["number"] === 0 ? [] : [`${String(tables?.["number"])} tables were made`]),
      ],
      saidBy(refused, LIVED),
    );
    await operator.up();
    return {
      lost: "nothing",
      decided: `\`npm run db -- psql\` shows the tables again; then ${partsOf(AFTER.mastodon).tag} goes through`,
    };
  },
};

/** Nights of the database that need no dump. */
export const DATABASE_NIGHTS: readonly Night[] = [hidden, empty];
