import { readFile, rm, truncate } from "node:fs/promises";
import { join } from "node:path";
import type { Running } from "../../../domain/deployed-state.ts";
import { SECRET_MARK } from "../../../plan/answers.ts";
import { findSecrets } from "../../checks/secret-search.ts";
import { nameOf, type StateResource, type Step } from "../../engine/operation.ts";
import { allHaystacks, allSecrets } from "../world-secrets.ts";
import type { Night } from "./night.ts";
import type { Operator } from "./operator.ts";
import { LIVED, refusalFaults, saidBy, stepsBeside } from "./refusals.ts";
import { linesThatDiffer, podsThatRun } from "./what-runs.ts";

/** Nights of the state, in which the server serves all the while. */

/** Types that no provider imports: the next update writes them over the existing ones. */
const NO_IMPORTER = /:(?:R2BucketCors|R2BucketLifecycle|R2BucketLock|ProjectResources)$/u;
/** Types that a cloud does not return completely at an import: the update writes them again. */
const TOLD_AGAIN = /:(?:DatabaseCluster|ZeroTrustTunnelCloudflared)$/u;
/** A provider exists only in the state. */
const isThing = ({ type, custom }: StateResource): boolean =>
  custom && !type.startsWith("pulumi:providers:");

/** The state's own file, of this run. */
export const STATE_FILE = ".pulumi/stacks/mastodon/prod.json";

/** Damage to the state's file that its history undoes. */
const DAMAGES: readonly {
  readonly number: number;
  readonly title: string;
  readonly does: (file: string) => Promise<void>;
}[] = [
  { number: 11, title: "the state's file is gone", does: async (file) => await rm(file) },
  {
    number: 12,
    title: "the state's file is cut in half",
    does: async (file) => await truncate(file, Math.floor((await readFile(file)).length / 2)),
  },
];

const damaged: readonly Night[] = DAMAGES.map(({ number, title, does }) => ({
  number,
  title,
  run: async (operator) => {
    const { stack, directory } = operator.rehearsal;
    const before = await stack.resources();
    await does(join(directory, "state", STATE_FILE));
    const refused = await operator.deploy();
    await operator.rebuilt("state");
    operator.check(
      "no deploy goes on, the newest copy comes back, and the update over it changes nothing",
      [
        ...(refused.failure === undefined ? ["the deploy went on"] : []),
        ...(operator.lastUpdate?.steps ?? []).map(({ op, urn }) => `${op} ${nameOf(urn)}`),
        ...changedIn(before, await stack.resources()),
      ],
      `${before.length} resources`,
    );
    return { lost: "nothing", decided: "the history beside the state is whole" };
  },
}));

/** The whole state is lost, including its history. */
const lost: Night = {
  number: 11,
  title: "the state is lost with its history",
  run: async (operator) => {
    const { rehearsal } = operator;
    const { stack, world, directory } = rehearsal;
    const { data } = (await stack.outputs())["running"] as Running;
    // Committed before the night: each preview names this line until it is.
    await stack.pulumi([
      ...["config", "set", "--path", "mastodon:postgres.origin.since", data.since],
      ...["--stack", "prod"],
    ]);
    const before = {
      resources: await stack.resources(),
      pods: await podsThatRun(rehearsal),
      inventory: inventoryOf(world.inventory()),
    };
    await rm(join(directory, "state", ".pulumi"), { recursive: true });
    await stack.pulumi(["stack", "init", "prod"]);
    await nothingMade(operator, before.inventory);
    const said = await operator.rebuilt("state");
    const steps = operator.lastUpdate?.steps ?? [];
    const pods = await podsThatRun(rehearsal);
    const inventory = inventoryOf(world.inventory());
    operator.check(
      "nothing is replaced or deleted, and only that is made which has no importer",
      steps.filter((step) => !isWanted(step)).map(({ op, urn }) => `${op} ${nameOf(urn)}`),
      `${steps.length} steps`,
    );
    const secrets = await allSecrets(rehearsal);
    operator.check(
      "the command that adopts prints no secret, and none stands in the state in plaintext",
      [
        ...findSecrets(secrets, [{ name: "its output", text: said }]),
        ...findSecrets(
          [{ name: "a mark of the plan", value: SECRET_MARK }],
          await allHaystacks(rehearsal),
        ),
      ],
      `${secrets.length} secrets looked for`,
    );
    operator.check(
      "the state is the one of before: ids, parents, protection and inputs of every resource",
      changedIn(before.resources, await stack.resources()),
      `${before.resources.length} resources`,
    );
    operator.check(
      "the server serves all the while: every pod is the one of before, and none began again",
      linesThatDiffer(before.pods, pods),
      `${pods.length} pods`,
    );
    operator.check(
      "the clouds have what they had: nothing doubled, nothing left over",
      linesThatDiffer(before.inventory, inventory),
      `${inventory.length} objects`,
    );
    return { lost: "nothing", decided: "everything exists, so it is adopted by its id" };
  },
};

/** The stack file knows the server: without a state, preview and update create nothing. */
async function nothingMade(operator: Operator, inventory: readonly string[]): Promise<void> {
  const refused = [await operator.preview(), await operator.deploy()];
  operator.check(
    "without a state, preview and update make nothing: the stack file remembers a server",
    [
      ...refused.flatMap((each) =>
        refusalFaults(each, /state of this stack remembers no update/u, LIVED),
      ),
      ...refused.flatMap((each) => stepsBeside(each)),
      ...linesThatDiffer(inventory, inventoryOf(operator.rehearsal.world.inventory())),
    ],
    refused.map((each) => saidBy(each, LIVED)).join("; "),
  );
}

/** Whether the docs announce this step for an adopted state. */
function isWanted({ op, type, urn }: Step): boolean {
  // The plan in memory knows no release before, whose files this Deployment serves, too. Written
  // once more, it is the same: no pod changes.
  if (op === "update" && nameOf(urn) === "assets") return true;
  // Every state contains the provider of the stack's own outputs.
  if (op === "create") return NO_IMPORTER.test(type) || type === "pulumi:providers:pulumi";
  return op === "update" && TOLD_AGAIN.test(type);
}

/** Compares ids, providers, protection and inputs of everything. */
function changedIn(
  before: readonly StateResource[],
  after: readonly StateResource[],
): readonly string[] {
  const now = new Map(after.map((resource) => [resource.urn, resource]));
  const said = ({ id, parent, protect, inputs }: StateResource, withId: boolean): string =>
    JSON.stringify([withId ? id : "", parent, protect ?? false, withId ? inputs : {}]);
  return before.flatMap((resource) => {
    const other = now.get(resource.urn);
    if (other === undefined) return [`${nameOf(resource.urn)} is not in it`];
    const withId = isThing(resource) && !NO_IMPORTER.test(resource.type);
    return said(resource, withId) === said(other, withId)
      ? []
      : [`${nameOf(resource.urn)} is another`];
  });
}

function inventoryOf(objects: readonly unknown[]): readonly string[] {
  return objects.map((object) => JSON.stringify(object)).toSorted();
}

/** Nights of the state. */
export const STATE_NIGHTS: readonly Night[] = [...damaged, lost];
