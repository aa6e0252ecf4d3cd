import { ask, isMissing, reasonOf } from "../recover/presence.ts";
import { leftOversOf, type LeftOver } from "../recover/left-overs.ts";
import { ONCE, type Clouds } from "../recover/clouds.ts";
import { digitaloceanFinders } from "../recover/digitalocean-finders.ts";
import { readExport, type StateResource } from "../recover/state.ts";
import { CLUSTER, DATABASE, NODE_POOL, REPLICA, TAG, VPC } from "../recover/types.ts";
import { linesOfLeftOver } from "../recover/words.ts";
import { inDollars } from "../../domain/cost.ts";
import { consent } from "./night-work.ts";
import type { NightOptions } from "./plan.ts";
import { configOf } from "../stack-file/place.ts";
import type { RebuildWorld } from "./world.ts";

/**
 * `npm run rebuild -- orphans`. Lists what is billed for the stack and stands in no state, with its
 * price, and deletes one cluster of it on request. A database is never deleted from here, because
 * its backups go with it: its line is printed.
 * @param id of the one to delete; undefined: only the list.
 * @returns whether none is left.
 * @throws Error in a sentence for the operator.
 */
export async function orphans(
  options: NightOptions,
  id: string | undefined,
  world: RebuildWorld,
): Promise<boolean> {
  const { domain } = await configOf(options);
  const { stack, cwd } = options;
  const state = readExport(await world.pulumi(cwd)(["stack", "export", "--stack", stack]));
  const { resources = [], pending_operations: pending = [] } = state.deployment;
  if (pending.length > 0)
    throw new Error(
      `The last update of ${stack} was cut off, so what it was making looks like a left-over. Nothing was changed. Run \`npm run rebuild -- state\` first.`,
    );
  const clouds = await world.clouds();
  const left = await leftOversOf(resources, clouds);
  if (left.word === "unknown")
    throw new Error(
      `Which left-overs there are is not known: ${left.reason}. Nothing was changed. Fix the reason, or wait, and run this again.`,
    );
  for (const thing of left.things) world.say(linesOfLeftOver(thing, world.now()));
  for (const line of await unbilled(resources, clouds)) world.say(line);
  if (left.things.length === 0) {
    world.say("Nothing is billed for this stack that its state does not hold.");
    return true;
  }
  const dollars = left.things.reduce((sum, { candidate }) => sum + (candidate.dollars ?? 0), 0);
  world.say(`Together ${inDollars(dollars)} a month, as far as prices are known.`);
  if (id === undefined) {
    const cluster = left.things.find(({ type }) => type === CLUSTER);
    if (cluster !== undefined)
      world.say(`To delete a cluster: npm run rebuild -- orphans --delete ${cluster.candidate.id}`);
    return false;
  }
  const thing = deletable(left.things, id);
  await consent(domain, options.yes, world);
  await remove(thing, clouds);
  world.say(`${thing.candidate.name ?? id} is deleted.`);
  return left.things.length === 1;
}

/** Kinds of things that cost nothing and carry no tag, by the names that Pulumi gives them. */
const UNBILLED = [
  { type: VPC, name: /^network-vpc-[0-9a-f]{7}$/u, deletion: "doctl vpcs delete" },
  { type: TAG, name: /^network-nodes-[0-9a-f]{7}$/u, deletion: "doctl compute tag delete" },
] as const;

/**
 * Lines about networks and tags of such a stack that are not in this state. They may be another
 * stack's, so they are no left-overs. A network can't be deleted before what is in it.
 */
async function unbilled(
  resources: readonly StateResource[],
  clouds: Clouds,
): Promise<readonly string[]> {
  const held = new Set(resources.map(({ id }) => id));
  const lines = UNBILLED.map(async ({ type, name, deletion }) => {
    const finder = digitaloceanFinders[type];
    if (finder?.kind !== "find") return [];
    const answer = await ask(() => finder.find(clouds, { name }), clouds.patience);
    if (answer.kind !== "value") return [`${type}: ${reasonOf(answer)}.`];
    return answer.value
      .filter(({ id }) => !held.has(id))
      .map(
        ({ id, name: called }) =>
          `free      ${called} is not in this state. If no other stack of this account has it: ${deletion} ${id}`,
      );
  });
  return (await Promise.all(lines)).flat();
}

/** The left-over with an id. @throws Error for none, and for one that holds data. */
function deletable(things: readonly LeftOver[], id: string): LeftOver {
  const thing = things.find(({ candidate }) => candidate.id === id);
  if (thing === undefined)
    throw new Error(
      `--delete ${id} is none of them. Nothing was changed. Give one of: ${things.map(({ candidate }) => candidate.id).join(", ")}.`,
    );
  if ([DATABASE, REPLICA, NODE_POOL].includes(thing.type))
    throw new Error(
      `${thing.candidate.name ?? id} is not deleted from here. Nothing was changed. ${
        thing.type === NODE_POOL
          ? "Pods may run on it"
          : "It may hold data, and its backups go with it"
      }. If nothing uses it: ${thing.deletion}`,
    );
  return thing;
}

async function remove({ candidate }: LeftOver, clouds: Clouds): Promise<void> {
  const { clusters } = clouds.digitalocean.kubernetes;
  const answer = await ask(
    () => clusters.byCluster_id(candidate.id).delete({ options: [ONCE] }),
    clouds.patience,
  );
  if (answer.kind !== "value" && !isMissing(answer))
    throw new Error(
      `${candidate.name ?? candidate.id} is not deleted: ${reasonOf(answer)}. Run this again.`,
    );
}
