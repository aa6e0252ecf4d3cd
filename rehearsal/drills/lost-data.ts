import { BatchV1Api } from "@kubernetes/client-node";
import { partsOf } from "../../domain/images.ts";
import type { Running } from "../../domain/deployed-state.ts";
import { NAMESPACE } from "../../config/topology.ts";
import { runStack } from "../../index.ts";
import { checkOf, type Check } from "../checks/check.ts";
import { DATABASE } from "../clouds/digitalocean/database-address.ts";
import { loseDatabase } from "../clouds/mishaps.ts";
import { nameOf, type Operation } from "../engine/operation.ts";
import type { Phase } from "../phases.ts";
import { DRILLED } from "../releases.ts";
import type { Rehearsal } from "../rehearsal.ts";
import { countsOf, succeeded, type Findings } from "./drill.ts";
import { liveConfig, liveDeployments, queryAsWeb } from "./live.ts";
import { imagesOf } from "./release-steps.ts";
import { rehearsalOf, type DrillContext } from "./setup.ts";

/**
 * The database is missing or looks empty, or the state is lost: no update may start an empty server
 * under its name.
 */

const AFTER = imagesOf(DRILLED.after);
const STEP = "migrate-pre-deployment";
const REFUSED = "postgres-cluster";
const LIVED = /has lived (?:in it|here) since \d{4}-\d{2}-\d{2}/u;
const STACK = ["--stack", "prod"] as const;

/** A database that looks empty gets no schema. Once its data is back, the release continues. */
export function emptyDatabase(context: DrillContext, findings: Findings, rows: number): Phase {
  return {
    title: "a database that looks empty",
    run: async () => {
      const { stack, databases } = rehearsalOf(context);
      stack.deploy(() => runStack(AFTER));
      await databases.hideMastodon();
      const refused = await stack.up();
      findings.operations.push(refused);
      const [tables] = await databases.asAgent(
        "SELECT count(*)::int AS number FROM pg_class WHERE relnamespace = 'public'::regnamespace",
      );
      await databases.showMastodon();
      const through = succeeded(findings, await stack.up());
      const left = await queryAsWeb(rehearsalOf(context), "SELECT count(*) FROM rehearsal_posts");
      findings.checks.push(
        checkOf(
          "a release into a database that looks empty stops before the schema, and says since when the server lives",
          [
            ...wordsOf(refused, /The database is empty, but/u),
            ...failedBeside(refused, STEP),
            ...(tables?.["number"] === 0 ? [] : [`${String(tables?.["number"])} tables were made`]),
          ],
          saidBy(refused, LIVED),
        ),
        checkOf(
          "once the database is back, the same release goes through with every row",
          left === String(rows) ? [] : [`${left} of ${rows} rows`],
          `${partsOf(AFTER.mastodon).tag}, ${countsOf(through)}`,
        ),
      );
      return countsOf(through);
    },
  };
}

/**
 * Pulumi's state is lost, but the stack file knows the server: preview and update create nothing.
 */
export function lostState(context: DrillContext, findings: Findings): Phase {
  return {
    title: "the state is lost",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const { stack, world } = rehearsal;
      const { data } = (await stack.outputs())["running"] as Running;
      // The key that the preview names.
      const path = ["--path", "mastodon:postgres.origin.since", data.since];
      await stack.pulumi(["config", "set", ...path, ...STACK]);
      const before = await whatRuns(rehearsal);
      const made = world.inventory().length;
      const state = await stack.pulumi(["stack", "export", ...STACK]);
      const { version } = JSON.parse(state) as { readonly version: number };
      await stack.pulumi(
        ["stack", "import", ...STACK],
        JSON.stringify({ version, deployment: {} }),
      );
      const refused = [await stack.preview(), await stack.up()];
      await stack.pulumi(["stack", "import", ...STACK], state);
      findings.operations.push(...refused);
      findings.checks.push(
        checkOf(
          "where the state is lost and the stack file remembers a server, preview and update make nothing",
          [
            ...refused.flatMap((each) => wordsOf(each, /state of this stack remembers no update/u)),
            ...refused.flatMap(({ steps }) =>
              steps
                .filter(({ urn }) => !isTheEngines(urn))
                .map(({ op, urn }) => `${op} ${nameOf(urn)}`),
            ),
            ...differences(before, await whatRuns(rehearsal)),
            ...(world.inventory().length === made ? [] : ["something was made"]),
          ],
          refused.map((each) => saidBy(each, LIVED)).join("; "),
        ),
      );
      return "refused";
    },
  };
}

/**
 * A merge is deployed before an operator has seen that the database is missing. Preview and update
 * refuse, and create nothing else of the merge.
 */
export function lostDatabase(context: DrillContext, findings: Findings): Phase {
  return {
    title: "the database is gone",
    run: async () => {
      const rehearsal = rehearsalOf(context);
      const { stack, world } = rehearsal;
      const before = await whatRuns(rehearsal);
      await stack.editConfig((file) => {
        file.setIn(["config", "mastodon:cloudflare", "blockedAddresses"], ["192.0.2.0/24"]);
        file.setIn(["config", "mastodon:web", "threads"], 7);
      });
      await loseDatabase(world);
      const preview = await stack.preview({ refresh: true });
      const up = await stack.up({ refresh: true });
      findings.operations.push(preview, up);
      const made = world.find(DATABASE, ({ engine }) => engine === "pg").length;
      findings.checks.push(
        ...[preview, up].map((refused) => refusedCheck(refused)),
        checkOf(
          "where the database is gone, an update makes none, and nothing in the cluster is changed",
          [
            ...(made === 0 ? [] : [`${made} Postgres were made`]),
            ...differences(before, await whatRuns(rehearsal)),
          ],
          `${before.size} Jobs and Deployments as they were, after ${up.seconds.toFixed(1)} s`,
        ),
      );
      return `refused, after ${up.seconds.toFixed(1)} s`;
    },
  };
}

function refusedCheck(refused: Operation): Check {
  return checkOf(
    `where the database is gone, ${refused.kind} --refresh refuses and says since when the server lives`,
    [
      ...wordsOf(refused, /postgres-cluster would be made anew and empty, but/u),
      // The refused create is also reported as a step.
      ...refused.steps
        .filter(({ urn }) => nameOf(urn) !== REFUSED)
        .map(({ op, urn }) => `${op} ${nameOf(urn)}`),
    ],
    saidBy(refused, LIVED),
  );
}

/** Whether the engine creates it for itself: the stack, and the provider that reads its outputs. */
function isTheEngines(urn: string): boolean {
  return /::pulumi:(?:pulumi:Stack|providers:pulumi)::/u.test(urn);
}

function wordsOf(refused: Operation, begins: RegExp): readonly string[] {
  const said = everythingSaid(refused);
  return [
    ...(refused.failure === undefined ? ["it went on"] : []),
    ...[begins, LIVED]
      .filter((words) => !words.test(said))
      .map((words) => `not said: ${String(words)}; but ${said.slice(0, 500)}`),
  ];
}

function failedBeside(refused: Operation, step: string): readonly string[] {
  return refused.steps
    .filter(({ failed, urn }) => failed && nameOf(urn) !== step)
    .map(({ urn }) => `it stopped at ${nameOf(urn)}`);
}

function saidBy(refused: Operation, words: RegExp): string {
  return words.exec(everythingSaid(refused))?.[0] ?? "nothing";
}

function everythingSaid({ failure, diagnostics }: Operation): string {
  return [failure ?? "", ...diagnostics].join("\n");
}

/** Every Job and Deployment, with its UID and its version. */
export async function whatRuns(rehearsal: Rehearsal): Promise<ReadonlyMap<string, string>> {
  const { items } = await liveConfig(rehearsal)
    .makeApiClient(BatchV1Api)
    .listNamespacedJob({ namespace: NAMESPACE });
  return new Map(
    [...items, ...(await liveDeployments(rehearsal))].map(({ metadata }) => [
      metadata?.name ?? "",
      `${metadata?.uid} ${metadata?.generation}`,
    ]),
  );
}

/** Names of everything that changed. */
export function differences(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => `${name} is another one`);
}
