import { readAll, type Json } from "./clouds.ts";
import type { RecoverWorld } from "./command.ts";
import { sumOf, timeOf } from "./digitalocean-finders.ts";
import { deleteCluster } from "./fence.ts";
import { ask, reasonOf } from "./presence.ts";
import { isMeant } from "./rewrite.ts";
import { readExport, type StateResource } from "./state.ts";
import { CLUSTER, clustersOf } from "./taken-out.ts";
import { shown } from "./words.ts";

/** The command's options. */
interface Options {
  readonly stack: string;
  readonly cwd: string;
  readonly yes: boolean;
}

const DATABASE = "digitalocean:index/databaseCluster:DatabaseCluster";

/**
 * `npm run recover -- old-clusters`. Deletes what was shut out: clusters with the stack's tag that
 * its state does not hold.
 * @returns whether none is left.
 * @throws Error in a sentence for the operator.
 */
export async function deleteOldClusters(
  { stack, cwd, yes }: Options,
  world: RecoverWorld,
): Promise<boolean> {
  const before = await world.pulumi(cwd)(["stack", "export", "--stack", stack]);
  const { resources = [], pending_operations: pending = [] } = readExport(before).deployment;
  if (pending.some(({ resource }) => resource.type === CLUSTER))
    throw new Error(
      "An update that makes a cluster runs, or was cut off. Nothing was changed. Wait for its end, or run `npm run recover` first.",
    );
  const tags = stackTagsOf(resources);
  if (tags.size === 0)
    throw new Error(
      `The state of the stack ${stack} holds no database, so its tag is not known. Nothing was changed. Is it the right stack (--stack)?`,
    );
  const clouds = await world.clouds();
  const answer = await ask<readonly Json[]>(
    () => readAll(clouds.digitalocean.kubernetes.clusters, "kubernetesClusters"),
    clouds.patience,
  );
  if (answer.kind !== "value")
    throw new Error(
      `Which clusters there are is not known: ${reasonOf(answer)}. Nothing was changed.`,
    );
  const held = new Set(clustersOf(resources).map(({ id }) => id));
  const old = answer.value
    .filter((each) => each.tags?.some((tag: unknown) => tags.has(tag)))
    .filter(({ id }) => !held.has(id));
  if (old.length === 0) {
    world.say("DigitalOcean has no cluster of this stack but the one that its state holds.");
    return true;
  }
  for (const { id, name, createdAt, nodePools } of old) {
    const since = createdAt === undefined ? undefined : timeOf(createdAt);
    const dollars = sumOf(nodePools ?? []);
    world.say(`old      ${name}: ${shown({ id, importId: id, since, dollars }, world.now())}`);
  }
  if (!(await isMeant(yes, "Delete what is old?", world))) return false;
  const ends: boolean[] = [];
  for (const { id, name } of old) ends.push(await deleteCluster({ id, name }, clouds, world));
  return ends.every(Boolean);
}

/** Tags of all that is billed: the databases carry no other. */
function stackTagsOf(resources: readonly StateResource[]): ReadonlySet<unknown> {
  return new Set(
    resources
      .filter(({ type }) => type === DATABASE)
      .flatMap(({ inputs }) => (inputs?.["tags"] ?? []) as readonly unknown[]),
  );
}
